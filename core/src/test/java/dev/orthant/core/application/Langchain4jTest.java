package dev.orthant.core.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.OnnxEmbeddingModel;
import dev.langchain4j.model.embedding.onnx.PoolingMode;
import dev.orthant.core.checkpoint.ModelImport;
import dev.orthant.core.export.ExportFormat;
import dev.orthant.core.export.ModelExport;
import dev.orthant.core.wiring.Orthant;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Vectors of all-MiniLM-L6-v2 beside those of langchain4j's in-process embedding. */
final class Langchain4jTest {

  /** Of two single-precision programs; elements of vectors of length 1. */
  private static final float TOLERANCE = 1e-4f;

  private static final String NAME = "all-minilm-l6-v2";

  @TempDir static Path folder;

  private static Orthant orthant;
  private static BaseModel base;
  private static List<String> texts;

  @BeforeAll
  static void open() throws IOException {
    ClassLoader loader = Langchain4jTest.class.getClassLoader();
    ModelImport.onnxResource(
        loader, NAME + ".onnx", NAME + "-tokenizer.json", folder.resolve(NAME), false);
    orthant = Orthant.builder().threads(2).build();
    base = orthant.open(folder.resolve(NAME));
    try (InputStream in = Langchain4jTest.class.getResourceAsStream("/sentences/english.txt")) {
      texts = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().limit(20).toList();
    }
  }

  @AfterAll
  static void close() {
    orthant.close();
  }

  @Test
  void vectorsAreThoseOfTheOriginalInLangchain4j() throws IOException {
    Path original = folder.resolve("original.onnx");
    try (InputStream in = Langchain4jTest.class.getResourceAsStream("/" + NAME + ".onnx")) {
      Files.copy(in, original);
    }

    assertSame(base.encoder(), original);
  }

  @Test
  void anExportedModelIsEmbeddedWithByLangchain4j() {
    try (Adaptation adaptation = Adaptation.of(RandomTask.deltas(base.model(), 3)).times(0.03)) {
      base.export(ExportFormat.ONNX, adaptation, folder.resolve("exported"), false);

      assertSame(
          base.encoder().with(adaptation),
          folder.resolve("exported").resolve(ModelExport.ONNX_FILE));
      assertThat(base.encoder().with(adaptation).embed(texts.get(0)))
          .isNotEqualTo(base.encoder().embed(texts.get(0)));
    }
  }

  private static void assertSame(TextEncoder encoder, Path onnx) {
    EmbeddingModel theirs =
        new OnnxEmbeddingModel(
            onnx, folder.resolve(NAME).resolve("tokenizer.json"), PoolingMode.MEAN);
    float[][] ours = encoder.embed(texts);
    for (int i = 0; i < texts.size(); i++) {
      assertThat(ours[i])
          .containsExactly(
              theirs.embed(TextSegment.from(texts.get(i))).content().vector(), within(TOLERANCE));
    }
  }
}
