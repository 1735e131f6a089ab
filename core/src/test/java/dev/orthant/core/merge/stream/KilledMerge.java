package dev.orthant.core.merge.stream;

import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.checkpoint.HuggingFaceCheckpoint;
import dev.orthant.core.checkpoint.TensorInfo;
import dev.orthant.core.progress.Interruption;
import dev.orthant.core.progress.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A process that is there to be killed: turns a model's tensors into halves, in shards and units as
 * any merge, but without arrays, whose library takes longer to start than the work takes.
 */
final class KilledMerge {

  /** Printed when the work begins. */
  static final String BEGINS = "begins";

  private KilledMerge() {}

  public static void main(String[] arguments) {
    System.out.println(BEGINS);
    run(Path.of(arguments[0]), Path.of(arguments[1]));
  }

  static void run(Path model, Path output) {
    MergeSettings settings = new MergeSettings(2, 1L << 30, 1_000_000);
    try (HuggingFaceCheckpoint checkpoint = HuggingFaceCheckpoint.open(model)) {
      SourceModel source = SourceModel.of("model", checkpoint);
      List<MergePlan.Output> outputs = new ArrayList<>();
      for (String name : checkpoint.names()) {
        TensorInfo info = checkpoint.info(name);
        outputs.add(
            new MergePlan.Output(
                name,
                Dtype.BF16,
                info.shape(),
                new MergePlan.Copy(new MergePlan.Part(source, name))));
      }
      new StreamingMerge(settings, Progress.none(), new Interruption())
          .run(
              new MergePlan(outputs, List.of(), 0),
              output,
              true,
              (folder, summaries) -> Files.writeString(folder.resolve("config.json"), "{}"));
    }
  }
}
