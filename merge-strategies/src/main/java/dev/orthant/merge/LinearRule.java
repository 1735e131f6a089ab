package dev.orthant.merge;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.ElementTiles;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.lowrank.LowRank;
import dev.orthant.core.lowrank.TileSource;
import dev.orthant.core.spi.MergeTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/** Weighted sums of deltas: exact and low-rank if all deltas are, dense otherwise. */
final class LinearRule {

  private LinearRule() {}

  /** {@code sum_i coefficients[i] * delta(i)}, reading one delta at a time where they are dense. */
  static Delta sum(MergeTensor tensor, double[] coefficients) {
    List<LoraDelta> loras = new ArrayList<>();
    for (int i = 0; i < coefficients.length; i++) {
      Delta delta = tensor.delta(i);
      if (delta instanceof LoraDelta lora) {
        loras.add(lora);
      } else {
        return denseSum(tensor::delta, tensor.shape(), coefficients);
      }
    }
    return LowRank.weightedSum(loras, coefficients);
  }

  /** {@code sum_i coefficients[i] * deltas[i]}. */
  static Delta sum(Delta[] deltas, double[] coefficients) {
    List<LoraDelta> loras = new ArrayList<>();
    for (Delta delta : deltas) {
      if (delta instanceof LoraDelta lora) {
        loras.add(lora);
      } else {
        return denseSum(i -> deltas[i], deltas[0].shape(), coefficients);
      }
    }
    return LowRank.weightedSum(loras, coefficients);
  }

  /** The elements of {@code sum_i coefficients[i] * deltas[i]}, computed when they are read. */
  static TileSource elements(TileSource[] deltas, double[] coefficients) {
    float[] tile = new float[ElementTiles.TILE];
    float[] sum = new float[ElementTiles.TILE];
    return TileSource.of(
        deltas[0].size(),
        (offset, out, length) -> {
          for (int done = 0; done < length; done += ElementTiles.TILE) {
            int count = Math.min(ElementTiles.TILE, length - done);
            Arrays.fill(sum, 0);
            for (int i = 0; i < deltas.length; i++) {
              deltas[i].read(offset + done, tile, count);
              addScaled((float) coefficients[i], tile, sum, count);
            }
            System.arraycopy(sum, 0, out, done, count);
          }
        });
  }

  /** In single precision and from the arrays' starts on, which runs on vectors. */
  private static void addScaled(float factor, float[] tile, float[] sum, int count) {
    for (int k = 0; k < count; k++) {
      sum[k] += factor * tile[k];
    }
  }

  /** The weights of all inputs. */
  static double[] weights(MergeTensor tensor) {
    double[] weights = new double[tensor.inputs()];
    Arrays.setAll(weights, tensor::weight);
    return weights;
  }

  /** The deltas of all inputs. */
  static Delta[] deltas(MergeTensor tensor) {
    Delta[] deltas = new Delta[tensor.inputs()];
    Arrays.setAll(deltas, tensor::delta);
    return deltas;
  }

  private static Delta denseSum(IntFunction<Delta> deltas, long[] shape, double[] coefficients) {
    ElementTiles out = ElementTiles.zeros(shape);
    float[] sum = new float[ElementTiles.TILE];
    float[] tile = new float[ElementTiles.TILE];
    for (int i = 0; i < coefficients.length; i++) {
      ElementTiles delta = Dense.tiles(deltas.apply(i));
      for (long at = 0; at < out.size(); at += ElementTiles.TILE) {
        int length = (int) Math.min(ElementTiles.TILE, out.size() - at);
        out.read(at, sum, length);
        delta.read(at, tile, length);
        addScaled((float) coefficients[i], tile, sum, length);
        out.write(at, sum, length);
      }
    }
    return new DenseDelta(out.array());
  }
}
