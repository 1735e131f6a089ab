package dev.orthant.eval.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.testing.ComponentContract;
import dev.orthant.core.text.Example;
import dev.orthant.core.text.TaskData;
import dev.orthant.core.text.TaskRequest;
import dev.orthant.eval.metrics.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** GLUE's nine tasks in the layouts that people have; the files are ours, with GLUE's quirks. */
final class GlueTaskFactoryTest extends ComponentContract<GlueTaskConfig> {

  private static final Path ARCHIVES = Path.of("src/test/resources/glue/archives");
  private static final Path HUB = Path.of("src/test/resources/glue/hub");
  private static final Path LINES = Path.of("src/test/resources/glue/lines");

  @TempDir private Path folder;

  @Override
  protected GlueTaskFactory factory() {
    return new GlueTaskFactory();
  }

  @ParameterizedTest
  @EnumSource
  void archivesAndParquetGiveTheSameTask(GlueTask task) {
    TaskData archive = read(task, ARCHIVES);
    TaskData hub = read(task, HUB);

    assertThat(hub).isEqualTo(archive);
    assertThat(hub.labels()).isEqualTo(task.labels());
    assertThat(hub.isRegression()).isEqualTo(task == GlueTask.STSB);
  }

  @ParameterizedTest
  @CsvSource({
    "COLA, 8, 3",
    "SST2, 7, 3",
    "MRPC, 5, 3",
    "STSB, 7, 3",
    "QQP, 7, 3",
    "MNLI_MATCHED, 8, 3",
    "MNLI_MISMATCHED, 8, 2",
    "QNLI, 6, 2",
    "RTE, 5, 2",
    "WNLI, 4, 2"
  })
  void everyRowWithALabelIsRead(GlueTask task, int train, int reported) {
    GlueFiles files = GlueFiles.find(task, ARCHIVES);

    assertThat(files.train()).hasSize(train);
    assertThat(files.validation()).hasSize(reported);
  }

  @Test
  void colaHasNoLineWithNames() {
    assertThat(GlueFiles.find(GlueTask.COLA, ARCHIVES).train().subList(0, 4))
        .containsExactly(
            new Example("The lamp stands on the table.", null, 1),
            new Example("The lamp stand on table the.", null, 0),
            new Example("\"Nobody slept,\" she said.", null, 1),
            new Example("He asked \"who?", null, 0));
  }

  @Test
  void sst2EndsInSpaces() {
    assertThat(GlueFiles.find(GlueTask.SST2, ARCHIVES).validation())
        .containsExactly(
            new Example("a small wonder", null, 1),
            new Example("a waste of an evening", null, 0),
            new Example("\" charming \"", null, 1));
  }

  @Test
  void mrpcIsSplitByItsListOfIdentifiers() {
    assertThat(GlueFiles.find(GlueTask.MRPC, ARCHIVES).validation())
        .containsExactly(
            new Example("\"We will stay,\" the owner said.", "The owner said nothing.", 0),
            new Example("Rain is expected tomorrow.", "Tomorrow it should rain.", 1),
            new Example("Ten people came.", "Ten people left.", 0));
  }

  @Test
  void mrpcAsTheDownloadScriptWritesIt() throws IOException {
    String header = "\ufeffQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\n";
    Files.writeString(folder.resolve("train.tsv"), header + "1\t1\t2\tA \"b.\tB a.\n");
    Files.writeString(folder.resolve("dev.tsv"), header + "0\t3\t4\tC.\tD.\n");

    GlueFiles files = GlueFiles.find(GlueTask.MRPC, folder);

    assertThat(files.train()).containsExactly(new Example("A \"b.", "B a.", 1));
    assertThat(files.validation()).containsExactly(new Example("C.", "D.", 0));
  }

  @Test
  void stsbIsARegression() {
    assertThat(GlueFiles.find(GlueTask.STSB, ARCHIVES).validation())
        .extracting(Example::label)
        .containsExactly(4.8f, 0f, 3.25f);
  }

  @Test
  void qqpLacksColumnsAndQuestions() {
    List<Example> train = GlueFiles.find(GlueTask.QQP, ARCHIVES).train();

    assertThat(train).extracting(Example::textA).doesNotContain("What is \"love", "?");
    assertThat(train).contains(new Example("My phone is broken. What now?", "", 0));
  }

  @Test
  void mnlisLabelIsTheOneThatAnnotatorsAgreedOn() {
    List<Example> matched = GlueFiles.find(GlueTask.MNLI_MATCHED, ARCHIVES).validation();
    List<Example> mismatched = GlueFiles.find(GlueTask.MNLI_MISMATCHED, ARCHIVES).validation();

    // the first annotators said neutral, contradiction and entailment
    assertThat(matched).extracting(Example::label).containsExactly(0f, 2f, 1f);
    assertThat(mismatched).extracting(Example::label).containsExactly(0f, 2f);
  }

  @ParameterizedTest
  @EnumSource(names = {"QNLI", "STSB"})
  void jsonLinesGiveTheSameTask(GlueTask task) {
    assertThat(read(task, LINES)).isEqualTo(read(task, ARCHIVES));
  }

  @Test
  void theFolderCanBeTheTasksOwn() {
    assertThat(read(GlueTask.RTE, ARCHIVES.resolve("RTE")))
        .isEqualTo(read(GlueTask.RTE, ARCHIVES))
        .isEqualTo(read(GlueTask.RTE, HUB.resolve("rte")));
  }

  @Test
  void rowsToChooseByAreHeldOutOfTheTrainingRows() {
    GlueTaskConfig config = new GlueTaskConfig(GlueTask.SST2, ARCHIVES);
    List<List<Example>> heldOut = new ArrayList<>();

    for (long seed = 1; seed <= 20; seed++) {
      TaskData data = factory().read(config, new TaskRequest("sst2", seed, null, 2, 2));

      assertThat(data.validation()).hasSize(2);
      assertThat(data.train()).doesNotContainAnyElementsOf(data.validation());
      assertThat(data.test())
          .hasSize(2)
          .isSubsetOf(GlueFiles.find(GlueTask.SST2, ARCHIVES).validation());
      heldOut.add(data.validation());
    }
    assertThat(heldOut.stream().distinct()).hasSizeGreaterThan(5);
  }

  @Test
  void everyTaskHasItsMetric() {
    for (GlueTask task : GlueTask.values()) {
      String metric = factory().metric(new GlueTaskConfig(task, ARCHIVES)).orElseThrow();

      Metric.named(metric).requireFor(read(task, ARCHIVES));
    }
    assertThat(GlueTask.COLA.metric()).isEqualTo("matthews");
    assertThat(Metric.named(GlueTask.MRPC.metric()).parts())
        .isEqualTo(Metric.named(GlueTask.QQP.metric()).parts())
        .containsExactly(Metric.ACCURACY, Metric.F1);
    assertThat(Metric.named(GlueTask.STSB.metric()).parts())
        .containsExactly(Metric.PEARSON, Metric.SPEARMAN);
  }

  @Test
  void saysWhatIsMissing() throws IOException {
    Files.writeString(folder.resolve("msr_paraphrase_train.txt"), "");

    assertThatThrownBy(() -> read(GlueTask.COLA, folder))
        .hasMessage(
            folder
                + ": has no training rows of cola: neither CoLA/train.tsv, as in GLUE's archives,"
                + " nor cola/train-*.parquet or cola/train.jsonl, as in Hugging Face's data set");
    assertThatThrownBy(() -> read(GlueTask.MRPC, folder))
        .hasMessageContaining("has no dev_ids.tsv or mrpc_dev_ids.tsv, which says which rows");
    Files.createDirectory(folder.resolve("MNLI"));
    Files.copy(ARCHIVES.resolve("MNLI/train.tsv"), folder.resolve("MNLI/train.tsv"));
    assertThatThrownBy(() -> read(GlueTask.MNLI_MATCHED, folder))
        .hasMessage(
            folder.resolve("MNLI")
                + ": has neither dev_matched.tsv nor validation_matched*.parquet nor"
                + " validation_matched.jsonl");
    Files.copy(ARCHIVES.resolve("MNLI/test_matched.tsv"), folder.resolve("MNLI/dev_matched.tsv"));
    assertThatThrownBy(() -> read(GlueTask.MNLI_MATCHED, folder))
        .hasMessageContaining("dev_matched.tsv: line 1: no column 'gold_label' among [index,");
  }

  private TaskData read(GlueTask task, Path from) {
    return factory().read(new GlueTaskConfig(task, from), TaskRequest.of("task", 1));
  }
}
