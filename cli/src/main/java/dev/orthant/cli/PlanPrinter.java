package dev.orthant.cli;

import dev.orthant.core.merge.recipe.ModelMerge;
import dev.orthant.core.merge.stream.MergePlan;
import dev.orthant.core.merge.stream.MergeSettings;
import dev.orthant.core.merge.stream.PlanSizes;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Tells what a merge would do. */
final class PlanPrinter {

  private final PrintWriter out;

  PlanPrinter(PrintWriter out) {
    this.out = out;
  }

  void print(ModelMerge merge, MergeSettings settings, Path output) {
    MergePlan plan = merge.plan();
    PlanSizes sizes = PlanSizes.of(plan, settings);
    line(
        "output   %s, %,d parameters in %d tensors",
        output, sizes.elements(), plan.outputs().size());
    line(
        "write    %s in %d file%s of at most %s",
        MergeSettings.text(sizes.writtenBytes()),
        sizes.files(),
        sizes.files() == 1 ? "" : "s",
        MergeSettings.text(settings.shardBytes()));
    line("read     %s", MergeSettings.text(sizes.readBytes()));
    line(
        "memory   about %s of %s, %d threads",
        MergeSettings.text(sizes.memoryBytes()),
        MergeSettings.text(settings.memoryBytes()),
        settings.threads());
    line("time     about %s", time(sizes.seconds()));
    for (Map.Entry<String, Integer> rule : sizes.rules().entrySet()) {
      line("%-8s %d tensors:%s", merge.merger(), rule.getValue(), rule.getKey());
    }
    if (sizes.copied() > 0) {
      line("copy     %d tensors", sizes.copied());
    }
  }

  private static String time(double seconds) {
    return seconds < 90
        ? "%d s".formatted(Math.max(1, Math.round(seconds)))
        : "%d min".formatted(Math.round(seconds / 60));
  }

  private void line(String format, Object... arguments) {
    out.println(String.format(Locale.ROOT, format, arguments));
  }
}
