package dev.orthant.core.spi;

import java.util.List;

/**
 * Something algorithmic that is found by {@link java.util.ServiceLoader} and named in a
 * configuration file.
 *
 * <p>An implementation has a public constructor without arguments, holds no state, and can be
 * constructed without a native backend.
 *
 * @param <C> the configuration: a record whose compact constructor validates every component
 */
public interface Component<C extends Record> {

  /** The stable name, {@code [a-z][a-z0-9-]*}; it is written into checkpoints. */
  String name();

  /** A complete and valid configuration; its class is the configuration type. */
  C defaults();

  /** What the algorithm was published in; empty only for what everybody knows. */
  List<Reference> references();

  /** One line on what the component does, for listings. */
  String summary();

  /** The class of {@link #defaults()}. */
  @SuppressWarnings("unchecked") // defaults() returns a C, and records are final
  default Class<C> configType() {
    return (Class<C>) defaults().getClass();
  }
}
