package dev.orthant.core.testing;

import java.io.File;
import java.lang.reflect.Constructor;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;

/**
 * The class path of the tests without the jars of ND4J's backends, as a class loader of its own.
 */
final class WithoutBackend {

  private static final List<String> BACKENDS = List.of("nd4j-native", "nd4j-cuda");

  private WithoutBackend() {}

  /** Constructs a component and calls what a listing calls; throws what that throws. */
  static void describe(Class<?> component) throws Exception {
    try (URLClassLoader loader =
        new URLClassLoader(urls(component), ClassLoader.getPlatformClassLoader())) {
      Thread thread = Thread.currentThread();
      ClassLoader context = thread.getContextClassLoader();
      thread.setContextClassLoader(loader); // ND4J looks for its backend there
      try {
        Class<?> type = Class.forName(component.getName(), true, loader);
        Constructor<?> constructor = type.getDeclaredConstructor();
        constructor.setAccessible(true);
        Object instance = constructor.newInstance();
        Class<?> spi = Class.forName("dev.orthant.core.spi.Component", true, loader);
        for (String method : List.of("name", "summary", "defaults", "references", "configType")) {
          spi.getMethod(method).invoke(instance);
        }
      } finally {
        thread.setContextClassLoader(context);
      }
    }
  }

  private static URL[] urls(Class<?> component) throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path path = Path.of(entry);
      String name = String.valueOf(path.getFileName());
      if (BACKENDS.stream().noneMatch(name::startsWith)) {
        urls.add(path.toUri().toURL());
      }
    }
    CodeSource source = component.getProtectionDomain().getCodeSource();
    if (source != null) {
      urls.add(source.getLocation());
    }
    return urls.toArray(URL[]::new);
  }
}
