package dev.orthant.core.merge.stream;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A digest of a plan and of which files it reads: equal plans give equal results. */
final class PlanDigest {

  private final MessageDigest digest;
  private final Map<SourceModel, Integer> models = new IdentityHashMap<>();

  private PlanDigest() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** In hexadecimal. */
  static String of(MergePlan plan, long shardBytes) {
    PlanDigest digest = new PlanDigest();
    digest.text("seed %d shards %d".formatted(plan.seed(), shardBytes));
    for (MergePlan.Rule rule : plan.rules()) {
      digest.text(rule.merger() + " " + rule.configuration());
    }
    for (MergePlan.Output output : plan.outputs()) {
      digest.text(
          "%s %s %s".formatted(output.name(), output.dtype(), Arrays.toString(output.shape())));
      if (output.work() instanceof MergePlan.Merge merge) {
        digest.text("rule " + merge.rule());
        for (MergePlan.Input input : merge.inputs()) {
          digest.text(input.name() + " " + input.weight());
          digest.part(input.part());
        }
        digest.part(merge.base());
      } else {
        digest.part(((MergePlan.Copy) output.work()).from());
      }
    }
    plan.sideFiles().forEach(file -> digest.text(FileState.of(file)));
    return HexFormat.of().formatHex(digest.digest.digest());
  }

  private void text(String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
  }

  private void part(MergePlan.@Nullable Part part) {
    if (part == null) {
      text("none");
      return;
    }
    Integer known = models.get(part.model());
    if (known == null) {
      known = models.size();
      models.put(part.model(), known);
      part.model().identify(digest);
    }
    text(known + " " + part.tensor());
  }
}
