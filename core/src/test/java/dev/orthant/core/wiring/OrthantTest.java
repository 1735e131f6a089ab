package dev.orthant.core.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Module;
import com.google.inject.util.Modules;
import dev.orthant.core.application.Adaptation;
import dev.orthant.core.application.BaseModel;
import dev.orthant.core.application.Models;
import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.kernel.CpuKernels;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.PortableKernels;
import dev.orthant.core.kernel.WorkerPool;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.plugin.Kind;
import dev.orthant.core.testing.PluginJar;
import dev.orthant.core.testing.TinyModelFolder;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an application may expect of Orthant inside it. */
final class OrthantTest {

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

  /** How often Orthant is opened and closed: {@code -Dorthant.cycles=200} for the long run. */
  private static final int CYCLES = Integer.getInteger("orthant.cycles", 12);

  /** Cycles after which caches of the native libraries are as large as they will get. */
  private static final int WARM_UP = 4;

  /** Of memory beside the heap: what allocators keep, far below one model. */
  private static final long SLACK = 1 << 20;

  @TempDir static Path folder;
  @TempDir Path plugins;

  @BeforeAll
  static void write() {
    TinyModelFolder.write(folder.resolve("one"), 1);
    TinyModelFolder.write(folder.resolve("two"), 2);
  }

  @Test
  void twoInOneProcessGiveTheirOwnResultsAtOnce() throws Exception {
    new PluginJar().merger("Only", "only-here").write(plugins.resolve("only/only.jar"));
    ExecutorService callers = Executors.newFixedThreadPool(4);
    Orthant one = Orthant.builder().threads(1).pluginFolder(plugins).build();
    try (Orthant two =
        Orthant.builder()
            .threads(2)
            .overriding(binder -> binder.bind(Kernels.class).to(PortableKernels.class))
            .with(binder -> binder.bind(PortableKernels.class).toInstance(new PortableKernels()))
            .build()) {
      BaseModel first = one.open(folder.resolve("one"));
      BaseModel second = two.open(folder.resolve("two"));
      float[] ofFirst = first.encoder().embed("What is it?");
      float[] ofSecond = second.encoder().embed("What is it?");

      List<Future<float[]>> answers = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        BaseModel asked = i % 2 == 0 ? first : second;
        answers.add(callers.submit(() -> asked.encoder().embed("What is it?")));
      }

      for (int i = 0; i < answers.size(); i++) {
        assertThat(answers.get(i).get()).containsExactly(i % 2 == 0 ? ofFirst : ofSecond);
      }
      assertThat(ofFirst).isNotEqualTo(ofSecond);
      assertThat(one.kernels()).isInstanceOf(CpuKernels.class);
      assertThat(two.kernels()).isInstanceOf(PortableKernels.class);
      assertThat(one.catalog().names(Kind.MERGER)).contains("only-here");
      assertThat(two.catalog().names(Kind.MERGER)).doesNotContain("only-here");
      one.close();
      assertThat(second.encoder().embed("What is it?")).containsExactly(ofSecond);
    }
    callers.shutdown();
  }

  @Test
  void openingAndClosingLeavesNoThreadAndNoMemory() {
    Set<Thread> before = Set.of();
    long atFirst = 0;
    for (int i = 0; i < CYCLES; i++) {
      useOnce();
      if (i == WARM_UP) {
        collect();
        before = threads();
        atFirst = Pointer.totalBytes();
      }
    }
    collect();

    assertThat(Pointer.totalBytes() - atFirst).isLessThan(SLACK);
    assertThat(threads()).isSubsetOf(before);
    assertThat(threads()).noneMatch(thread -> thread.getName().startsWith("orthant"));
  }

  private static void useOnce() {
    try (Orthant orthant = Orthant.builder().threads(3).build()) {
      BaseModel model = orthant.open(folder.resolve("one"));
      model.encoder().embed(List.of("A text.", "And another, somewhat longer one."));
      BaseModel merged = model.merged(Adaptation.none());
      merged.encoder().embed("A text.");
    }
  }

  private static void collect() {
    for (int i = 0; i < 3; i++) {
      System.gc();
      try {
        Thread.sleep(50); // the deallocators of the native libraries run on threads of theirs
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !thread.getName().startsWith("surefire"))
        .collect(Collectors.toSet());
  }

  @Test
  void requestsThatRunAtTheEndAreStillAnswered() throws Exception {
    Orthant orthant = Orthant.builder().threads(3).build();
    BaseModel model = orthant.open(folder.resolve("one"));
    List<String> texts = Collections.nCopies(400, "A text that takes its time, of some words.");
    float[] expected = model.encoder().embed(texts.get(0));
    ExecutorService callers = Executors.newFixedThreadPool(4);
    List<Future<float[][]>> running = new ArrayList<>();
    CountDownLatch begun = new CountDownLatch(4);
    for (int i = 0; i < 4; i++) {
      running.add(
          callers.submit(
              () -> {
                begun.countDown();
                return model.encoder().embed(texts);
              }));
    }
    begun.await();

    orthant.close();

    for (Future<float[][]> answer : running) {
      try {
        assertThat(answer.get()[399]).containsExactly(expected, within(1e-5f));
      } catch (ExecutionException tooLate) {
        assertThat(tooLate).hasStackTraceContaining("one is closed");
      }
    }
    callers.shutdown();
  }

  @Test
  void nothingCanBeOpenedAfterTheEnd() {
    Orthant orthant = Orthant.builder().threads(1).build();
    orthant.close();

    assertThatThrownBy(() -> orthant.open(folder.resolve("one")))
        .hasStackTraceContaining("Orthant is closed");
  }

  @Test
  void startsNothingBeforeItIsAskedFor() {
    try (Orthant orthant = Orthant.builder().threads(4).build()) {
      assertThat(orthant.catalog()).isSameAs(orthant.get(Catalog.class));
      assertThat(threads()).noneMatch(thread -> thread.getName().startsWith("orthant"));
    }
  }

  @Test
  void canBeInjectedInStrictAndLaxAndChildInjectors() {
    for (Module options : List.<Module>of(STRICT, binder -> {})) {
      Injector parent = Guice.createInjector(options, OrthantModule.builder().threads(1).build());
      Injector child =
          parent.createChildInjector(binder -> binder.bind(Service.class).asEagerSingleton());
      try (Orthant orthant = parent.getInstance(Orthant.class)) {
        Service service = child.getInstance(Service.class);

        assertThat(service.orthant).isSameAs(orthant);
        assertThat(service.models).isSameAs(parent.getInstance(Models.class));
        assertThat(service.embed()).hasSize(TinyModelFolder.HIDDEN);
      }
    }
  }

  /** A class of an application. */
  private static final class Service {

    private final Orthant orthant;
    private final Models models;

    @Inject
    Service(Orthant orthant, Models models) {
      this.orthant = orthant;
      this.models = models;
    }

    float[] embed() {
      try (BaseModel model = models.open(folder.resolve("one"))) {
        return model.encoder().embed("A text.");
      }
    }
  }

  @Test
  void anyPartCanBeOverridden() {
    ConfigDecoder decoder = new ConfigDecoder();
    Module overriding =
        binder -> {
          binder.bind(ConfigDecoder.class).toInstance(decoder);
          binder.bind(WorkerPool.class).toInstance(new WorkerPool(1));
          binder.bind(Kernels.class).toInstance(new PortableKernels());
        };

    Module module = Modules.override(OrthantModule.builder().threads(3).build()).with(overriding);
    Injector injector = Guice.createInjector(STRICT, module);
    try (Orthant orthant = injector.getInstance(Orthant.class)) {
      assertThat(orthant.kernels()).isInstanceOf(PortableKernels.class);
      assertThat(orthant.get(ConfigDecoder.class)).isSameAs(decoder);
      assertThat(orthant.get(WorkerPool.class).threads()).isEqualTo(1);
      assertThat(orthant.open(folder.resolve("one")).encoder().embed("A text."))
          .hasSize(TinyModelFolder.HIDDEN);
    }
  }
}
