package dev.orthant.core.checkpoint;

import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.Matrix;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A start of LoRA that PEFT takes out of the base weights W when it loads the adapter. The trained
 * factors add to {@code W - start}, so the delta on W is {@code scaling * B A - start}. Only starts
 * are known that W decides alone.
 */
enum ResidualStart {
  /** {@code U_r diag(sigma_r) V_r'} of the singular value decomposition, whatever the scaling. */
  PISSA {
    @Override
    LoraDelta of(Matrix weights, int rank, double scaling) {
      Matrix.Svd svd = weights.svd();
      INDArray left = svd.u().scaledColumns(rank, svd.s()).toArray();
      return new LoraDelta(left, svd.vt().rows(0, rank).toArray(), 1);
    }
  },
  /** {@code scaling * Q_r R_r} of the QR decomposition. */
  OLORA {
    @Override
    LoraDelta of(Matrix weights, int rank, double scaling) {
      Matrix.Qr qr = weights.qr();
      INDArray left = qr.q().columns(0, rank).toArray();
      return new LoraDelta(left, qr.r().rows(0, rank).toArray(), scaling);
    }
  };

  /** The field of the configuration that names it. */
  static final String FIELD = "init_lora_weights";

  /** The start of this name in the configuration, if it is one of these. */
  static Optional<ResidualStart> of(Object name) {
    return Arrays.stream(values())
        .filter(start -> start.name().toLowerCase(Locale.ROOT).equals(name))
        .findFirst();
  }

  /**
   * What PEFT takes out of the base weights.
   *
   * @param weights [dOut, dIn]
   * @throws IllegalArgumentException if they have fewer directions than the adapter
   */
  LoraDelta of(INDArray weights, int rank, double scaling) {
    if (rank > Math.min(weights.size(0), weights.size(1))) {
      throw new IllegalArgumentException(
          "a start of rank %d does not fit weights of shape %s"
              .formatted(rank, Arrays.toString(weights.shape())));
    }
    return of(Matrix.of("the base weights", weights), rank, scaling);
  }

  abstract LoraDelta of(Matrix weights, int rank, double scaling);
}
