package dev.orthant.core.family;

import dev.orthant.core.nn.ArchitectureFactory;
import dev.orthant.core.nn.LoadSettings;
import dev.orthant.core.testing.ComponentContract;
import org.junit.jupiter.api.Nested;

/** What every component has to do, of every family. */
final class FamiliesTest {

  @Nested
  final class Bert extends ComponentContract<LoadSettings> {
    @Override
    protected ArchitectureFactory factory() {
      return new BertArchitecture();
    }
  }

  @Nested
  final class Roberta extends ComponentContract<LoadSettings> {
    @Override
    protected ArchitectureFactory factory() {
      return new RobertaArchitecture();
    }
  }

  @Nested
  final class Gpt2 extends ComponentContract<LoadSettings> {
    @Override
    protected ArchitectureFactory factory() {
      return new Gpt2Architecture();
    }
  }

  @Nested
  final class Llama extends ComponentContract<LoadSettings> {
    @Override
    protected ArchitectureFactory factory() {
      return new LlamaArchitecture();
    }
  }

  @Nested
  final class Mistral extends ComponentContract<LoadSettings> {
    @Override
    protected ArchitectureFactory factory() {
      return new MistralArchitecture();
    }
  }

  @Nested
  final class Qwen2 extends ComponentContract<LoadSettings> {
    @Override
    protected ArchitectureFactory factory() {
      return new Qwen2Architecture();
    }
  }

  @Nested
  final class Qwen3 extends ComponentContract<LoadSettings> {
    @Override
    protected ArchitectureFactory factory() {
      return new Qwen3Architecture();
    }
  }

  @Nested
  final class T5 extends ComponentContract<LoadSettings> {
    @Override
    protected ArchitectureFactory factory() {
      return new T5Architecture();
    }
  }
}
