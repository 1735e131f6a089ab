package dev.orthant.core.spi;

/**
 * A kind of delta transform.
 *
 * @param <C> its configuration
 */
public interface DeltaTransformFactory<C extends Record> extends Component<C> {

  /** A transform with this configuration. */
  DeltaTransform create(C config);
}
