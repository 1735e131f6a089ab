package dev.orthant.core.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.spi.Component;

/** A component that a run uses: the name of its type, and its own configuration not yet decoded. */
public sealed interface ComponentSpec
    permits AdapterSpec, ConstraintSpec, MergerSpec, TaskComponent, TransformSpec {

  /** The name of the component in the catalog. */
  String type();

  /** The component's own keys; not to be modified. */
  ObjectNode settings();

  /**
   * Decodes the component's own configuration.
   *
   * @throws ConfigurationException with all problems
   */
  default <C extends Record> C config(Component<C> component, ConfigDecoder decoder) {
    return decoder.decode(settings(), component.configType(), component.defaults());
  }
}
