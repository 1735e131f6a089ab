package dev.orthant.docs.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.inject.Injector;
import dev.orthant.core.application.BaseModel;
import dev.orthant.core.application.FineTuning;
import dev.orthant.core.application.LabelledText;
import dev.orthant.core.application.Prediction;
import dev.orthant.core.application.TaskAdapter;
import dev.orthant.core.application.TextInput;
import dev.orthant.core.checkpoint.ModelImport;
import dev.orthant.core.features.TaskStatistics;
import dev.orthant.core.wiring.Orthant;
import dev.orthant.docs.examples.Tenants.Question;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of the embedding guide, on all-MiniLM-L6-v2. */
final class EmbeddingExamplesTest {

  private static final String NAME = "all-minilm-l6-v2";

  /** Rounding between a batch with others and one alone; documented at BaseModel.predict. */
  private static final double ROUNDING = 1e-5;

  /** Rounding between kernels, of elements of vectors of length 1. */
  private static final float KERNELS = 1e-5f;

  @TempDir static Path folder;

  private static Path model;
  private static Orthant orthant;
  private static BaseModel base;
  private static TaskAdapter tickets;
  private static TaskAdapter tone;
  private static final LossHistory HISTORY = new LossHistory();

  @BeforeAll
  static void train() {
    model = folder.resolve(NAME);
    ModelImport.onnxResource(
        EmbeddingExamplesTest.class.getClassLoader(),
        NAME + ".onnx",
        NAME + "-tokenizer.json",
        model,
        false);
    orthant = Orthant.builder().threads(2).build();
    base = orthant.open(model);
    tone =
        base.fineTune(
            FineTuning.of("moslora").training("{epochs: 6, batch_size: 8, learning_rate: 3e-3}"),
            LabelledText.task("tone", Tickets.TONE, List.of()),
            folder.resolve("tone"));
    TaskStatistics others =
        base.statistics(
            "tone", Tickets.TONE.stream().map(row -> TextInput.of(row.input().first())).toList());
    tickets =
        base.fineTune(
            FineTuning.of("lora", "{rank: 8, alpha: 16}")
                .constraint("osrm", "{}")
                .others(List.of(others))
                .training("{epochs: 6, batch_size: 8, learning_rate: 3e-3}")
                .listener(HISTORY),
            LabelledText.task("tickets", Tickets.SORTED, Tickets.VALIDATION),
            folder.resolve("tickets"));
  }

  @AfterAll
  static void close() {
    orthant.close();
  }

  @Test
  void aServiceLearnsAndClassifies() {
    try (TicketSorter sorter = new TicketSorter(model)) {
      sorter.learn(Tickets.SORTED, Tickets.VALIDATION, folder.resolve("sorter"));

      assertThat(sorter.sort("I want my money back").label()).isEqualTo("billing");
      assertThat(sorter.sort("It fails with a strange message").label()).isEqualTo("fault");
      Prediction before = sorter.sort("I want my money back");
      sorter.load(folder.resolve("sorter"));
      assertThat(sorter.sort("I want my money back")).isEqualTo(before);
    }
  }

  @Test
  void tenantsAreAnsweredInOneBatch() {
    Tenants tenants = new Tenants(base);
    tenants.attach("shop", folder.resolve("tickets"));
    tenants.attach("forum", folder.resolve("tone"));

    List<Prediction> answers =
        tenants.answer(
            List.of(
                new Question("shop", "The invoice is missing"),
                new Question("forum", "What a lovely answer, thank you"),
                new Question("shop", "Nothing works since the update")));

    assertThat(answers).extracting(Prediction::label).containsExactly("billing", "kind", "fault");
    assertThat(answers.get(0).probability())
        .isCloseTo(
            base.classifier(tickets).predict("The invoice is missing").probability(),
            within(ROUNDING));
    tenants.attach("forum", folder.resolve("tickets"));
    assertThat(tenants.answer(List.of(new Question("forum", "Refund me"))).get(0).label())
        .isEqualTo("billing");
    tenants.detach("forum");
  }

  @Test
  void adaptersAreBlendedMergedAndExported() {
    String text = "Thank you for the refund of the invoice";

    assertThat(OnDemand.blended(base, tickets, tone, text).label()).isEqualTo("billing");
    assertThat(OnDemand.merged(base, tickets, tone, text))
        .extracting(Prediction::label)
        .containsExactly("billing", "kind");
    OnDemand.export(base, tickets, folder);
    assertThat(folder.resolve("onnx/model.onnx")).isRegularFile();
    assertThat(folder.resolve("model/model.safetensors")).isRegularFile();
  }

  @Test
  void aListenerHearsOfEveryStep() {
    assertThat(HISTORY.losses()).hasSize(12).last().satisfies(loss -> assertThat(loss).isFinite());
    assertThat(HISTORY.best()).isEqualTo(1.0);
  }

  @Test
  void everyWiringGivesTheSameVectors() {
    float[] expected = base.encoder().embed("A text.");

    assertThat(Wirings.backend(model, "A text.")).containsExactly(expected, within(KERNELS));
    Injector application = Wirings.application(model);
    try (Orthant injected = application.getInstance(Orthant.class)) {
      assertThat(application.getInstance(Wirings.Embeddings.class).of("A text."))
          .containsExactly(expected, within(KERNELS));
      assertThat(injected).isNotSameAs(orthant);
    }
  }
}
