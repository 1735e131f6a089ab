package dev.orthant.core.wiring;

import com.google.inject.Key;
import com.google.inject.Provider;
import com.google.inject.Scope;
import org.jspecify.annotations.Nullable;

/**
 * One instance an injector, made when it is first asked for. Guice's own singletons are made with
 * the injector in the production stage, which would start threads and native libraries that a
 * listing of plug-ins, say, has no use for.
 */
final class LazySingleton implements Scope {

  @Override
  public <T> Provider<T> scope(Key<T> key, Provider<T> unscoped) {
    return new Provider<>() {

      private @Nullable T instance;

      @Override
      public synchronized T get() {
        T made = instance;
        if (made == null) {
          made = unscoped.get();
          instance = made;
        }
        return made;
      }
    };
  }

  @Override
  public String toString() {
    return "lazy singleton";
  }
}
