package dev.orthant.core.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.inject.AbstractModule;
import com.google.inject.CreationException;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Module;
import com.google.inject.Stage;
import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.config.ConfigEncoder;
import dev.orthant.core.kernel.CpuKernels;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.WorkerPool;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.plugin.Kind;
import dev.orthant.core.plugin.Plugin;
import dev.orthant.core.plugin.PluginDiscovery;
import dev.orthant.core.plugin.PluginException;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.PluginJar;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class OrthantModuleTest {

  /** An application's own module that sets every strict option there is. */
  private static final Module STRICT =
      new AbstractModule() {
        @Override
        protected void configure() {
          binder().requireExplicitBindings();
          binder().requireAtInjectOnConstructors();
          binder().requireExactBindingAnnotations();
          binder().disableCircularProxies();
        }
      };

  @TempDir Path plugins;
  @TempDir Path elsewhere;

  @ParameterizedTest
  @EnumSource(
      value = Stage.class,
      names = {"DEVELOPMENT", "PRODUCTION"})
  void worksInStrictAndLaxInjectors(Stage stage) {
    for (Module options : List.<Module>of(STRICT, binder -> {})) {
      Injector injector =
          Guice.createInjector(stage, options, OrthantModule.builder().threads(1).build());

      assertThat(injector.getInstance(Catalog.class)).isSameAs(injector.getInstance(Catalog.class));
      assertThat(injector.getInstance(ConfigDecoder.class)).isNotNull();
      assertThat(injector.getInstance(ConfigEncoder.class)).isNotNull();
      try (WorkerPool pool = injector.getInstance(WorkerPool.class)) {
        assertThat(pool.threads()).isEqualTo(1);
        assertThat(injector.getInstance(WorkerPool.class)).isSameAs(pool);
        assertThat(injector.getInstance(Kernels.class))
            .isInstanceOf(CpuKernels.class)
            .isSameAs(injector.getInstance(Kernels.class));
      }
    }
  }

  @Test
  void makesNoThreadsBeforeTheyAreAskedFor() {
    long before = workers();

    Guice.createInjector(Stage.PRODUCTION, OrthantModule.builder().threads(4).build());

    assertThat(workers()).isEqualTo(before);
  }

  @Test
  void findsAThirdPartysMergerInAPluginFolder() {
    new PluginJar().merger("ThirdParty", "third-party").write(plugins.resolve("third/third.jar"));

    Catalog catalog =
        Guice.createInjector(STRICT, OrthantModule.builder().pluginFolder(plugins).build())
            .getInstance(Catalog.class);

    assertThat(catalog.merger("third-party").getClass().getName()).isEqualTo("ThirdParty");
    assertThat(catalog.names(Kind.MERGER)).contains("third-party");
  }

  @Test
  void anApplicationReplacesAndAddsComponents() {
    new PluginJar().merger("First", "first").write(plugins.resolve("first/first.jar"));
    new PluginJar().merger("Second", "second").write(plugins.resolve("second/second.jar"));
    MergerFactory<?> own = merger("Own", "first");
    MergerFactory<?> more = merger("More", "third");
    Module application =
        binder -> {
          OrthantModule.mergers(binder).addBinding().toInstance(own);
          OrthantModule.mergers(binder).addBinding().toInstance(more);
        };

    Catalog catalog =
        Guice.createInjector(
                STRICT, OrthantModule.builder().pluginFolder(plugins).build(), application)
            .getInstance(Catalog.class);

    assertThat(catalog.merger("first")).isSameAs(own);
    assertThat(catalog.merger("second").getClass().getName()).isEqualTo("Second");
    assertThat(catalog.merger("third")).isSameAs(more);
  }

  @Test
  void twoInjectorsDoNotDisturbEachOther() {
    new PluginJar().merger("Only", "only-here").write(plugins.resolve("only/only.jar"));

    Injector with =
        Guice.createInjector(OrthantModule.builder().pluginFolder(plugins).threads(1).build());
    Injector without = Guice.createInjector(OrthantModule.builder().threads(2).build());

    assertThat(with.getInstance(Catalog.class).names(Kind.MERGER)).contains("only-here");
    assertThat(without.getInstance(Catalog.class).names(Kind.MERGER)).doesNotContain("only-here");
    try (WorkerPool one = with.getInstance(WorkerPool.class);
        WorkerPool two = without.getInstance(WorkerPool.class)) {
      assertThat(one.threads()).isEqualTo(1);
      assertThat(two.threads()).isEqualTo(2);
    }
  }

  @Test
  void twoComponentsOfTheApplicationMayNotShareAName() {
    Module application =
        binder -> {
          OrthantModule.mergers(binder).addBinding().toInstance(merger("One", "same"));
          OrthantModule.mergers(binder).addBinding().toInstance(merger("Two", "same"));
        };

    assertThatThrownBy(() -> Guice.createInjector(OrthantModule.builder().build(), application))
        .isInstanceOf(CreationException.class)
        .hasMessageContaining("two mergers are named 'same'");
  }

  @Test
  void aBadPluginIsToldWhenTheModuleIsBuilt() {
    new PluginJar().write(plugins.resolve("library/library.jar"));

    assertThatThrownBy(() -> OrthantModule.builder().pluginFolder(plugins).build())
        .isInstanceOf(PluginException.class)
        .hasMessageContaining("library.jar");
  }

  private MergerFactory<?> merger(String className, String name) {
    Path folder = elsewhere.resolve(className);
    new PluginJar().merger(className, name).write(folder.resolve("own/own.jar"));
    return (MergerFactory<?>)
        new PluginDiscovery(getClass().getClassLoader(), List.of(folder))
            .discover().stream()
                .filter(plugin -> plugin.name().equals(name))
                .map(Plugin::component)
                .findFirst()
                .orElseThrow();
  }

  private static long workers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("orthant-worker"))
        .count();
  }
}
