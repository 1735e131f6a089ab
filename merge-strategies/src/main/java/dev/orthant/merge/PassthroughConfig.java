package dev.orthant.merge;

/**
 * Configuration of {@code passthrough}.
 *
 * @param scale what the input is multiplied by; finite
 */
public record PassthroughConfig(double scale) {

  /** Refuses values out of range. */
  public PassthroughConfig {
    if (!Double.isFinite(scale)) {
      throw new IllegalArgumentException("scale must be finite, was " + scale);
    }
  }

  /** The input as it is. */
  public static PassthroughConfig defaults() {
    return new PassthroughConfig(1);
  }
}
