package dev.orthant.core.dl4j;

import dev.orthant.core.features.StatisticsCollector;
import dev.orthant.core.features.StatisticsSource;
import dev.orthant.core.features.TaskStatistics;
import dev.orthant.core.spi.Site;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Statistics of the features that the dense layers of a network read, of which subspace constraints
 * and some mergers choose: one pass over a task's data, as at test time. Rows that a mask leaves
 * out do not count. Labels are not looked at.
 */
public final class NetworkStatistics {

  private static final String NO_TOKENIZER = "none";

  private NetworkStatistics() {}

  /**
   * The statistics of one task at all dense layers.
   *
   * @param task its name
   * @param network the network before it is adapted; for mergers that ask for the tasks' own
   *     features, a task's network with its adapters folded in
   * @param data from its present position to its end; reset before where it can be
   * @throws IllegalArgumentException if the network has adapters or no dense layer, or the data are
   *     empty
   */
  public static TaskStatistics collect(
      String task, MultiLayerNetwork network, DataSetIterator data) {
    Collecting collecting = new Collecting(task, network);
    if (data.resetSupported()) {
      data.reset();
    }
    while (data.hasNext()) {
      DataSet batch = data.next();
      network.setInput(batch.getFeatures());
      network.setLayerMaskArrays(batch.getFeaturesMaskArray(), null);
      network.feedForward(false, false);
      collecting.take();
      network.clearLayerMaskArrays();
    }
    network.clear();
    return collecting.statistics();
  }

  /** As {@link #collect(String, MultiLayerNetwork, DataSetIterator)}, for a graph. */
  public static TaskStatistics collect(
      String task, ComputationGraph network, MultiDataSetIterator data) {
    Collecting collecting = new Collecting(task, network);
    if (data.resetSupported()) {
      data.reset();
    }
    while (data.hasNext()) {
      MultiDataSet batch = data.next();
      network.setLayerMaskArrays(batch.getFeaturesMaskArrays(), null);
      network.feedForward(batch.getFeatures(), false, false);
      collecting.take();
      network.clearLayerMaskArrays();
    }
    network.clear();
    return collecting.statistics();
  }

  /** One pass over a network's data. */
  private static final class Collecting {

    private final NetworkLayers<?> layers;
    private final List<String> dense;
    private final StatisticsCollector collector;
    private boolean empty = true;

    Collecting(String task, Model network) {
      this.layers = NetworkLayers.of(network);
      if (layers.all().stream().anyMatch(layer -> layer.adapted().isPresent())) {
        throw new IllegalArgumentException(
            "the network has adapters; take statistics before it is adapted, or of folded(network)");
      }
      this.dense = new NetworkSites(layers).sites().stream().map(Site::module).toList();
      this.collector = new StatisticsCollector(task, source(layers), dense, new NetworkOps());
    }

    /** Takes what the layers have read last. */
    void take() {
      empty = false;
      for (String name : dense) {
        org.deeplearning4j.nn.api.Layer layer = layers.named(name).orElseThrow().working();
        INDArray x = counted(layer.input(), layer.getMaskArray());
        if (x.size(0) > 0) {
          collector.input(name, x);
        }
      }
    }

    TaskStatistics statistics() {
      if (empty) {
        throw new IllegalArgumentException("no data to take statistics of");
      }
      return collector.statistics();
    }

    /** The rows that the mask has, in single precision. */
    private static INDArray counted(INDArray x, @Nullable INDArray mask) {
      INDArray rows = x.castTo(DataType.FLOAT).dup('c');
      if (mask == null || mask.length() != rows.size(0)) {
        return rows;
      }
      List<Integer> kept = new ArrayList<>();
      for (int i = 0; i < rows.size(0); i++) {
        if (mask.getDouble(i) != 0) {
          kept.add(i);
        }
      }
      return kept.isEmpty()
          ? Nd4j.empty(DataType.FLOAT)
          : rows.getRows(kept.stream().mapToInt(Integer::intValue).toArray()).dup('c');
    }
  }

  /** What statistics of a network are told by. */
  static StatisticsSource source(NetworkLayers<?> layers) {
    return new StatisticsSource(
        Fingerprint.of(layers, layer -> !layer.isOutput()),
        NO_TOKENIZER,
        StatisticsSource.Unit.TOKENS);
  }
}
