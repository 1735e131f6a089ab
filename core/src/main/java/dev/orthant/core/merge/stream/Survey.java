package dev.orthant.core.merge.stream;

import dev.orthant.core.progress.Interruption;
import dev.orthant.core.progress.Progress;
import dev.orthant.core.spi.Merger;
import java.util.List;

/** Shows rules that want it all their tensors before the first is merged. */
record Survey(MergePlan plan, List<Merger> mergers, Progress progress, Interruption interruption) {

  void run(UnitWork worker) throws InterruptedException {
    for (int i = 0; i < mergers.size(); i++) {
      MergePlan.Rule rule = plan.rules().get(i);
      boolean again = rule.traits().surveys();
      while (again) {
        pass(i, rule, worker);
        again = mergers.get(i).surveysAgain();
      }
    }
  }

  private void pass(int index, MergePlan.Rule rule, UnitWork worker) throws InterruptedException {
    List<MergePlan.Output> outputs =
        plan.outputs().stream()
            .filter(o -> o.work() instanceof MergePlan.Merge merge && merge.rule() == index)
            .toList();
    try (Progress.Task task =
        progress.start("survey " + rule.merger(), outputs.size(), "tensors")) {
      for (MergePlan.Output output : outputs) {
        interruption.check();
        worker.survey(output, (MergePlan.Merge) output.work());
        task.step(1);
      }
    }
  }
}
