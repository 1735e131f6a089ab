package dev.orthant.cli;

import com.google.inject.AbstractModule;
import dev.orthant.core.progress.Interruption;
import dev.orthant.core.progress.Progress;

/** What the commands are made of. */
final class CliModule extends AbstractModule {

  private final Console console;
  private final Interruption interruption;
  private final BaseModels baseModels;
  private final PluginFolders plugins;

  CliModule(
      Console console, Interruption interruption, BaseModels baseModels, PluginFolders plugins) {
    this.console = console;
    this.interruption = interruption;
    this.baseModels = baseModels;
    this.plugins = plugins;
  }

  @Override
  protected void configure() {
    binder().requireExplicitBindings();
    binder().requireAtInjectOnConstructors();
    binder().requireExactBindingAnnotations();
    binder().disableCircularProxies();

    bind(Console.class).toInstance(console);
    bind(Interruption.class).toInstance(interruption);
    bind(Progress.class)
        .toInstance(
            console.terminal()
                ? new BarProgress(console, System::nanoTime)
                : new PlainProgress(console::line, System::nanoTime));
    bind(Backend.class).toInstance(new Backend());
    bind(BaseModels.class).toInstance(baseModels);
    bind(PluginFolders.class).toInstance(plugins);
    bind(StudyRunner.class);
    bind(FolderMerge.class);
    bind(RecipeMerge.class);
    bind(Extraction.class);
    bind(SearchCommand.class);
    bind(ExtractCommand.class);
    bind(ExportCommand.class);
    bind(ResultReport.class);
    bind(ReportPage.class);
    bind(QuickstartCommand.class);
    bind(StatisticsCommand.class);
    bind(CollectStatisticsCommand.class);
    bind(AddStatisticsCommand.class);
    bind(FileStatistics.class);
    bind(FisherCommand.class);
    bind(CollectFisherCommand.class);
    bind(FileFisher.class);
    bind(TrainCommand.class);
    bind(MergeCommand.class);
    bind(EvaluateCommand.class);
    bind(BenchCommand.class);
    bind(ImportCommand.class);
    bind(GenerateCommand.class);
    bind(ReportCommand.class);
    bind(InspectCommand.class);
    bind(PluginsCommand.class);
    bind(ListPluginsCommand.class);
    bind(DescribePluginCommand.class);
    bind(NewPluginCommand.class);
    bind(SchemaCommand.class);
    bind(CompletionCommand.class);
  }
}
