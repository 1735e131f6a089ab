package dev.orthant.core.spi;

import java.util.Set;

/**
 * A kind of subspace constraint.
 *
 * @param <C> its configuration
 */
public interface SubspaceConstraintFactory<C extends Record> extends Component<C> {

  /** A constraint with this configuration. */
  SubspaceConstraint create(C config);

  /** The laws of the constraint contract that it obeys. */
  Set<ConstraintLaw> laws();
}
