package dev.orthant.cli;

import com.google.inject.Inject;
import dev.orthant.core.features.TaskStatistics;
import dev.orthant.eval.results.ResultFiles;
import dev.orthant.eval.results.ResultTables;
import dev.orthant.eval.results.StudyResults;
import dev.orthant.eval.study.EvaluationStep;
import dev.orthant.eval.study.ForecastStep;
import dev.orthant.eval.study.InterferenceStep;
import dev.orthant.eval.study.StatisticsStep;
import dev.orthant.eval.study.StepTimes;
import dev.orthant.eval.study.Study;
import java.util.List;

/** Evaluates a study, writes its results and prints them. */
final class ResultReport {

  private final Console console;

  @Inject
  ResultReport(Console console) {
    this.console = console;
  }

  void evaluate(Study study, StepTimes times) {
    EvaluationStep evaluation = new EvaluationStep(study, times);
    evaluation.requireInputs();
    List<TaskStatistics> statistics = new StatisticsStep(study).run();
    StudyResults results = evaluation.run(statistics);
    if (!results.interferences().isEmpty()) {
      ResultFiles.writeMap(study.layout().interferenceMap(), results);
    }
    times.time(
        "interference",
        () ->
            ResultFiles.writeInterference(
                study.layout().interference(), new InterferenceStep(study, statistics).run()));
    if (study.run().evaluation().forecast()) {
      times.time(
          "forecast",
          () ->
              ResultFiles.writeForecasts(
                  study.layout().forecast(), new ForecastStep(study, statistics).run()));
    }
    ResultFiles.write(study.layout().results(), results);
    ResultFiles.writeCsv(study.layout().resultsCsv(), results);
    console.out().println();
    console.out().print(ResultTables.text(results));
    console.out().println();
    console.out().println("Results: " + study.layout().results());
    console.out().flush();
  }
}
