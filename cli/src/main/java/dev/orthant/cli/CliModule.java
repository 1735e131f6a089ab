package dev.orthant.cli;

import com.google.inject.AbstractModule;
import dev.orthant.core.progress.Interruption;
import dev.orthant.core.progress.Progress;

/** What the commands are made of. */
final class CliModule extends AbstractModule {

  private final Console console;
  private final Interruption interruption;

  CliModule(Console console, Interruption interruption) {
    this.console = console;
    this.interruption = interruption;
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
    bind(InspectCommand.class);
    bind(PluginsCommand.class);
  }
}
