package dev.orthant.core.plugin;

import dev.orthant.core.nn.ArchitectureFactory;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.Component;
import dev.orthant.core.spi.DeltaTransformFactory;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.spi.SubspaceConstraintFactory;
import dev.orthant.core.text.TaskFactory;

/** The kinds of plug-ins. */
public enum Kind {
  /** Adapters, {@link AdapterFactory}. */
  ADAPTER("adapter", AdapterFactory.class),
  /** Subspace constraints, {@link SubspaceConstraintFactory}. */
  CONSTRAINT("constraint", SubspaceConstraintFactory.class),
  /** Mergers, {@link MergerFactory}. */
  MERGER("merger", MergerFactory.class),
  /** Transforms of deltas, {@link DeltaTransformFactory}. */
  TRANSFORM("transform", DeltaTransformFactory.class),
  /** Sources of tasks, {@link TaskFactory}. */
  TASK("task", TaskFactory.class),
  /** Families of models, {@link ArchitectureFactory}. */
  ARCHITECTURE("architecture", ArchitectureFactory.class);

  private final String label;
  private final Class<?> spi;

  Kind(String label, Class<?> spi) {
    this.label = label;
    this.spi = spi;
  }

  /** The word for it in messages and listings. */
  public String label() {
    return label;
  }

  /** The interface that plug-ins of this kind implement, a sub-interface of {@link Component}. */
  public Class<?> spi() {
    return spi;
  }

  @Override
  public String toString() {
    return label;
  }
}
