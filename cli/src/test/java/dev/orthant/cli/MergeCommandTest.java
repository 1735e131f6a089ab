package dev.orthant.cli;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.PeftAdapterFolder;
import dev.orthant.core.family.BertEncoder;
import dev.orthant.core.family.EncoderConfig;
import dev.orthant.core.finetune.AdapterFolder;
import dev.orthant.core.finetune.SavedAdapter;
import dev.orthant.core.kernel.CpuKernels;
import dev.orthant.core.kernel.WorkerPool;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.DeltaAdapter;
import dev.orthant.core.nn.MeanPoolHead;
import dev.orthant.core.nn.Pass;
import dev.orthant.core.nn.SequenceClassifier;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.spi.Site;
import dev.orthant.core.testing.TinyModelFolder;
import dev.orthant.core.text.Batch;
import dev.orthant.core.text.Encoded;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@code orthant merge --type} on folders, judged by what the merged model says. */
final class MergeCommandTest {

  /** Folding adds the delta to the weights before the product instead of after it. */
  private static final double FOLDING = 1e-5;

  @TempDir private static Path folder = Path.of("");
  private static Path base = Path.of("");
  private static Path first = Path.of("");
  private static Path second = Path.of("");

  @BeforeAll
  static void train() throws IOException {
    base = TinyModelFolder.write(folder.resolve("base"), 1);
    TinyStudy study = TinyStudy.write(folder.resolve("study"), base, TinyStudy.SMALL);
    assertThat(study.run("train").code()).isZero();
    first = study.output().resolve("adapters/opinion-lora");
    second = study.output().resolve("adapters/thing-lora");
  }

  @Test
  void oneAdapterOfWeightOneIsThatAdapter() {
    Path merged = folder.resolve("one");

    CliRun run = merge("--type", "average", "--output", merged, first);

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out().lines()).containsExactly(merged.toString());
    assertThatTensor(logits(base, deltas(merged))).isCloseTo(expected(), FOLDING, 0);
    assertThat(merged.resolve("merge.json"))
        .content()
        .contains("\"merger\" : \"average\"", "sha256", first.toString(), "merged_norm");
    assertThat(merged.resolve("README.md")).content().contains("library_name: \"peft\"");
  }

  @Test
  void oneFoldedAdapterIsAModelThatSaysTheSame() {
    Path folded = folder.resolve("folded");

    CliRun run = merge("--type", "average", "--fold", "--base", base, "--output", folded, first);

    assertThat(run.code()).as(run.err()).isZero();
    assertThatTensor(logits(folded, Map.of())).isCloseTo(expected(), FOLDING, 0);
    assertThat(folded.resolve("tokenizer.json")).isRegularFile();
    assertThatTensor(logits(folded, Map.of())).isNotEqualTo(logits(base, Map.of()));
  }

  @Test
  void adaptersMergeLikeTheModelsTheyAreFoldedInto() {
    Path adapter = folder.resolve("both");
    Path model = folder.resolve("model");
    Path a = folder.resolve("model-a");
    Path b = folder.resolve("model-b");
    merge("--type", "average", "--fold", "--base", base, "--output", a, first);
    merge("--type", "average", "--fold", "--base", base, "--output", b, second);
    String[] sum = {"--type", "task-arithmetic", "--set", "lambda=0.5"};

    CliRun adapters = merge(sum, "--output", adapter, first, second);
    CliRun models = merge(sum, "--base", base, "--output", model, a, b);

    assertThat(adapters.code()).as(adapters.err()).isZero();
    assertThat(models.code()).as(models.err()).isZero();
    assertThatTensor(logits(model, Map.of())).isCloseTo(logits(base, deltas(adapter)), FOLDING, 0);
  }

  @Test
  void aDenseRuleGivesAnAdapterToo() {
    Path exact = folder.resolve("exact");
    Path folded = folder.resolve("ties-folded");
    Path compressed = folder.resolve("compressed");
    String[] ties = {"--type", "ties", "--set", "density=0.5"};

    CliRun adapter = merge(ties, "--output", exact, first, second);
    CliRun model = merge(ties, "--fold", "--base", base, "--output", folded, first, second);
    CliRun small = merge(ties, "--rank", 3, "--output", compressed, first, second);

    assertThat(adapter.code()).as(adapter.err()).isZero();
    assertThat(model.code()).as(model.err()).isZero();
    assertThat(small.code()).as(small.err()).isZero();
    assertThatTensor(logits(folded, Map.of())).isCloseTo(logits(base, deltas(exact)), FOLDING, 0);
    assertThat(deltas(compressed).values()).allMatch(delta -> delta.rank() == 3);
  }

  @Test
  void aRuleThatNeedsStatisticsTakesThoseOfTheExperts() throws IOException {
    TinyStudy study = new TinyStudy(folder.resolve("study"));
    study.with("{name: average, type: average}", "{name: regmean, type: regmean}");
    Path bare = folder.resolve("bare");

    CliRun without = merge("--type", "regmean", "--output", bare, first, second);
    CliRun ofStudy = study.run("merge");
    Path again = folder.resolve("regmean");
    CliRun ofFolders = merge("--type", "regmean", "--output", again, first, second);
    study.with("{name: regmean, type: regmean}", "{name: average, type: average}");

    assertThat(without.error())
        .anySatisfy(line -> assertThat(line).contains("it needs statistics"));
    assertThat(ofStudy.code()).as(ofStudy.err()).isZero();
    assertThat(ofFolders.code()).as(ofFolders.err()).isZero();
    Map<String, LoraDelta> merged = deltas(study.output().resolve("merged/regmean/lora"));
    deltas(again)
        .forEach(
            (module, delta) ->
                assertThatTensor(delta.dense()).hasSameBitsAs(merged.get(module).dense()));
  }

  private static CliRun merge(Object... args) {
    return merge(new String[0], args);
  }

  private static CliRun merge(String[] rule, Object... args) {
    String[] all = new String[1 + rule.length + args.length];
    all[0] = "merge";
    System.arraycopy(rule, 0, all, 1, rule.length);
    for (int i = 0; i < args.length; i++) {
      all[1 + rule.length + i] = args[i].toString();
    }
    return CliRun.of(all);
  }

  private static INDArray expected() {
    return logits(base, deltas(first));
  }

  private static Map<String, LoraDelta> deltas(Path adapter) {
    try (HuggingFaceCheckpoint model = HuggingFaceCheckpoint.open(base)) {
      return PeftAdapterFolder.read(adapter)
          .deltas(
              BertEncoder.load(EncoderConfig.of(model.config()), model).sites().stream()
                  .map(Site::module)
                  .toList());
    }
  }

  /** What a model with these deltas and the first adapter's head says of two texts. */
  private static INDArray logits(Path folder, Map<String, LoraDelta> deltas) {
    AdapterSet adapters = DeltaAdapter.adapters(deltas);
    try (HuggingFaceCheckpoint model = HuggingFaceCheckpoint.open(folder);
        WorkerPool pool = new WorkerPool(2)) {
      Transformer encoder = BertEncoder.load(EncoderConfig.of(model.config()), model);
      SavedAdapter saved = AdapterFolder.read(first, encoder);
      SequenceClassifier classifier =
          new SequenceClassifier(encoder, encoder.heads().of(MeanPoolHead.NAME, saved.head()));
      try (Pass pass = new Pass(new CpuKernels(pool), adapters)) {
        return classifier.logits(pass, batch()).dup('c');
      }
    }
  }

  private static Batch batch() {
    return Batch.of(
        List.of(
            new Encoded(new int[] {101, 1996, 3185, 2001, 2919, 102}, new int[6]),
            new Encoded(new int[] {101, 2204, 102}, new int[3])));
  }
}
