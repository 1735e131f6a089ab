package dev.orthant.adapters.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.checkpoint.PeftAdapterFolder;
import dev.orthant.core.dl4j.AdaptedDenseLayer;
import dev.orthant.core.dl4j.LayerParameter;
import dev.orthant.core.dl4j.NetworkAdaptation;
import dev.orthant.core.dl4j.NetworkAdapters;
import dev.orthant.core.dl4j.NetworkStatistics;
import dev.orthant.core.dl4j.NetworkTensors;
import dev.orthant.core.features.TaskStatistics;
import java.io.File;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Adapters on Deeplearning4j networks, trained by its own means. */
final class NetworkAdaptersTest {

  private static final int ROWS = 12;
  private static final int INPUTS = 4;
  private static final int CLASSES = 3;
  private static final String SETTINGS = "{rank: 2, target_modules: [hidden1, hidden2]}";

  /** Sums of the same products in another order. */
  private static final double ROUNDING = 1e-5;

  private final NetworkAdapters adapters = NetworkAdapters.create();

  @TempDir private Path folder;

  @AfterEach
  void singlePrecisionAgain() {
    Nd4j.setDefaultDataTypes(DataType.FLOAT, DataType.FLOAT); // the gradient check sets double
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lora",
        "dora",
        "pissa",
        "olora",
        "vera",
        "lora-xs",
        "lora-fa",
        "lora-plus",
        "eva"
      })
  void everyAdapterStartsAsTheNetworkAndLearnsAndFoldsAndIsSavedByTheSerialiser(String type)
      throws Exception {
    MultiLayerNetwork network = list(DataType.FLOAT);
    DataSet data = data(DataType.FLOAT);
    TaskStatistics own =
        NetworkStatistics.collect("task", network, new ListDataSetIterator<>(List.of(data)));
    MultiLayerNetwork adapted =
        adapters.adaptation(type, SETTINGS).statistics(own, List.of()).seed(3).applyTo(network);
    INDArray before = network.output(data.getFeatures());
    INDArray start = adapted.output(data.getFeatures());

    double first = adapted.score(data);
    for (int i = 0; i < 10; i++) {
      adapted.fit(data);
    }

    assertThat(distance(start, before)).isLessThan(ROUNDING);
    assertThat(adapted.score(data)).isLessThan(first);
    assertThat(baseParameters(adapted)).isEqualTo(baseParameters(network));
    INDArray trained = adapted.output(data.getFeatures());
    assertThat(distance(adapters.folded(adapted).output(data.getFeatures()), trained))
        .isLessThan(ROUNDING);
    assertThat(distance(adapters.unloaded(adapted).output(data.getFeatures()), before))
        .isLessThan(ROUNDING);
    File file = folder.resolve("network.zip").toFile();
    adapted.save(file, true);
    MultiLayerNetwork restored = MultiLayerNetwork.load(file, true);
    assertThat(restored.output(data.getFeatures())).isEqualTo(trained);
    assertThat(adapted.clone().output(data.getFeatures())).isEqualTo(trained);
    restored.fit(data);
    adapted.fit(data);
    assertThat(restored.params()).isEqualTo(adapted.params());
  }

  @ParameterizedTest
  @ValueSource(strings = {"lora", "lora-xs"})
  void theGradientCheckOfDeeplearning4jPassesOnAList(String type) {
    Nd4j.setDefaultDataTypes(DataType.DOUBLE, DataType.DOUBLE);
    MultiLayerNetwork adapted = checkable(type).applyTo(list(DataType.DOUBLE));
    DataSet data = data(DataType.DOUBLE);
    shake(adapted);

    boolean passes =
        GradientCheckUtil.checkGradients(
            new GradientCheckUtil.MLNConfig()
                .net(adapted)
                .input(data.getFeatures())
                .labels(data.getLabels())
                .excludeParams(frozen(adapted)));

    assertThat(passes).isTrue();
  }

  @Test
  void aGraphIsAdaptedAndPassesTheGradientCheck() {
    Nd4j.setDefaultDataTypes(DataType.DOUBLE, DataType.DOUBLE);
    ComputationGraph graph = graph(DataType.DOUBLE);
    DataSet data = data(DataType.DOUBLE);
    ComputationGraph adapted =
        adapters
            .adaptation("lora", "{rank: 2, target_modules: hidden.*}")
            .alsoTraining("out")
            .fineTune(new FineTuneConfiguration.Builder().updater(new NoOp()).build())
            .applyTo(graph);
    double distance =
        distance(adapted.outputSingle(data.getFeatures()), graph.outputSingle(data.getFeatures()));
    shake(adapted);

    boolean passes =
        GradientCheckUtil.checkGradients(
            new GradientCheckUtil.GraphConfig()
                .net(adapted)
                .inputs(new INDArray[] {data.getFeatures()})
                .labels(new INDArray[] {data.getLabels()})
                .excludeParams(
                    Set.of(
                        "hidden1_W", "hidden1_b", "hidden2_W", "hidden2_b", "side_W", "side_b")));

    assertThat(distance).isLessThan(ROUNDING);
    assertThat(passes).isTrue();
    assertThat(
            distance(
                adapters.folded(adapted).outputSingle(data.getFeatures()),
                adapted.outputSingle(data.getFeatures())))
        .isLessThan(ROUNDING);
  }

  @Test
  void anAdapterIsSavedApartAndPutOnTheNetworkAgain() {
    MultiLayerNetwork network = list(DataType.FLOAT);
    DataSet data = data(DataType.FLOAT);
    MultiLayerNetwork adapted =
        adapters.adaptation("pissa", SETTINGS).alsoTraining("out").applyTo(network);
    adapted.fit(data);
    Path saved = folder.resolve("adapter");

    adapters.save(adapted, saved, false);
    MultiLayerNetwork loaded = adapters.load(saved, network);

    assertThat(loaded.output(data.getFeatures())).isEqualTo(adapted.output(data.getFeatures()));
    assertThat(loaded.params()).isEqualTo(adapted.params());
    assertThat(PeftAdapterFolder.read(saved).deltas().keySet())
        .containsExactlyElementsOf(adapters.deltas(adapted).keySet());
    MultiLayerNetwork other = list(DataType.FLOAT);
    other.getParam("1_W").addi(1);
    assertThatThrownBy(() -> adapters.load(saved, other))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("is of a network with other weights");
  }

  @Test
  void transferLearningGoesOnWithAnAdaptedNetwork() {
    MultiLayerNetwork adapted = adapters.adaptation("lora", SETTINGS).applyTo(list(DataType.FLOAT));
    DataSet data = data(DataType.FLOAT);
    adapted.fit(data);

    MultiLayerNetwork regression =
        new TransferLearning.Builder(adapted)
            .fineTuneConfiguration(
                new FineTuneConfiguration.Builder().updater(new Adam(0.01)).build())
            .removeOutputLayer()
            .addLayer(
                new OutputLayer.Builder(LossFunction.MSE)
                    .name("value")
                    .activation(Activation.IDENTITY)
                    .nIn(5)
                    .nOut(1)
                    .build())
            .build();
    DataSet values = new DataSet(data.getFeatures(), data.getFeatures().getColumn(0, true).dup());
    double before = regression.score(values);
    for (int i = 0; i < 20; i++) {
      regression.fit(values);
    }

    assertThat(regression.getParam("1_lora-A")).isNotEqualTo(adapted.getParam("1_lora-A"));
    assertThat(regression.getParam("1_W")).isEqualTo(adapted.getParam("1_W"));
    assertThat(regression.score(values)).isLessThan(before);
  }

  @Test
  void networksAreReadAsMergersReadCheckpoints() {
    MultiLayerNetwork network = list(DataType.FLOAT);
    DataSet data = data(DataType.FLOAT);

    NetworkTensors tensors = NetworkTensors.of(network);
    MultiLayerNetwork copy = adapters.with(network, tensors);

    assertThat(tensors.names())
        .contains("hidden1.weight", "hidden1.bias", "out.weight", "norm.gamma");
    assertThat(tensors.read("between.weight").shape()).containsExactly(4, 5);
    assertThat(tensors.read("between.weight").getDouble(3, 1))
        .isEqualTo(network.getParam("2_W").getDouble(1, 3));
    assertThat(copy.output(data.getFeatures())).isEqualTo(network.output(data.getFeatures()));
  }

  @Test
  void statisticsAreThoseOfWhatTheLayersRead() {
    MultiLayerNetwork network = list(DataType.FLOAT);
    DataSet data = data(DataType.FLOAT);
    INDArray features = network.feedForward(data.getFeatures(), false).get(2); // of hidden1
    INDArray gram = features.castTo(DataType.DOUBLE);

    TaskStatistics statistics =
        NetworkStatistics.collect("task", network, new ListDataSetIterator<>(data.asList(), 5));

    assertThat(statistics.modules().keySet()).containsExactly("hidden1", "between", "hidden2");
    assertThat(statistics.modules().get("between").count()).isEqualTo(ROWS);
    assertThat(statistics.modules().get("between").gram())
        .containsExactly(gram.transpose().mmul(gram).dup('c').data().asDouble(), within(ROUNDING));
  }

  @Test
  void whatCannotBeIsRefusedInOneLine() {
    MultiLayerNetwork network = list(DataType.FLOAT);
    NetworkAdaptation lora = adapters.adaptation("lora", SETTINGS);

    assertThatThrownBy(
            () -> adapters.adaptation("lora", "{target_modules: query}").applyTo(network))
        .hasMessageContaining("leave none of the 3 modules, among them hidden1, between, hidden2");
    assertThatThrownBy(() -> lora.alsoTraining("head").applyTo(network))
        .hasMessageContaining("no layer matches [head], which is to be trained");
    assertThatThrownBy(() -> lora.applyTo(lora.applyTo(network)))
        .hasMessageContaining("layers [hidden1, hidden2] have adapters already");
    assertThatThrownBy(() -> NetworkTensors.of(lora.applyTo(network)))
        .hasMessageContaining("layer 'hidden1' has an adapter");
    assertThatThrownBy(() -> adapters.save(network, folder.resolve("none"), false))
        .hasMessageContaining("the network has no adapters to save");
  }

  private NetworkAdaptation checkable(String type) {
    return adapters
        .adaptation(type, SETTINGS)
        .alsoTraining("out")
        .fineTune(new FineTuneConfiguration.Builder().updater(new NoOp()).build());
  }

  /** Moves everything that is trained from where its gradient may vanish. */
  private static void shake(Model network) {
    network
        .paramTable()
        .forEach(
            (name, array) -> {
              if (name.contains("lora") || name.contains("vera")) {
                array.addi(Nd4j.rand(array.dataType(), array.shape()).subi(0.5).muli(0.4));
              }
            });
  }

  /** The parameters that are not trained: all but the output layer's and the adapters' own. */
  private static Set<String> frozen(MultiLayerNetwork network) {
    Set<String> frozen = new HashSet<>(network.paramTable().keySet());
    for (int i = 0; i < network.getnLayers(); i++) {
      String prefix = i + "_";
      Layer layer = network.getLayerWiseConfigurations().getConf(i).getLayer();
      if (layer instanceof AdaptedDenseLayer adapted) {
        adapted.getAdapter().parameters().stream()
            .filter(LayerParameter::trainable)
            .forEach(p -> frozen.remove(prefix + p.name().replace('_', '-')));
      } else if (layer.getLayerName().equals("out")) {
        frozen.removeIf(name -> name.startsWith(prefix));
      }
    }
    return frozen;
  }

  private static List<INDArray> baseParameters(Model network) {
    return network.paramTable().entrySet().stream()
        .filter(entry -> entry.getKey().matches(".*_(W|b|gamma|beta|mean|log10stdev)"))
        .map(entry -> entry.getValue().dup())
        .toList();
  }

  private static MultiLayerNetwork list(DataType type) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(5)
                .dataType(type)
                .updater(new Adam(0.05))
                .l2(1e-3)
                .activation(Activation.TANH)
                .list()
                .layer(new BatchNormalization.Builder().name("norm").build())
                .layer(new DenseLayer.Builder().name("hidden1").nOut(5).build())
                .layer(new DenseLayer.Builder().name("between").nOut(4).build())
                .layer(new DenseLayer.Builder().name("hidden2").nOut(5).hasBias(false).build())
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .name("out")
                        .activation(Activation.SOFTMAX)
                        .nOut(CLASSES)
                        .build())
                .setInputType(InputType.feedForward(INPUTS))
                .build());
    network.init();
    return network;
  }

  /** Two paths that meet; one of them has nothing to train. */
  private static ComputationGraph graph(DataType type) {
    ComputationGraph graph =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .seed(5)
                .dataType(type)
                .updater(new Adam(0.05))
                .activation(Activation.TANH)
                .graphBuilder()
                .addInputs("in")
                .addLayer("hidden1", new DenseLayer.Builder().nOut(5).build(), "in")
                .addLayer("side", new DenseLayer.Builder().nOut(5).build(), "in")
                .addVertex(
                    "sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "hidden1", "side")
                .addLayer("hidden2", new DenseLayer.Builder().nOut(4).build(), "sum")
                .addLayer(
                    "out",
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nOut(CLASSES)
                        .build(),
                    "hidden2")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(INPUTS))
                .build());
    graph.init();
    return graph;
  }

  private static DataSet data(DataType type) {
    Nd4j.getRandom().setSeed(11);
    INDArray x = Nd4j.randn(type, ROWS, INPUTS);
    INDArray y = Nd4j.zeros(type, ROWS, CLASSES);
    for (int i = 0; i < ROWS; i++) {
      int label = x.getDouble(i, 0) > 0.3 ? 0 : x.getDouble(i, 1) > x.getDouble(i, 2) ? 1 : 2;
      y.putScalar(i, label, 1);
    }
    return new DataSet(x, y);
  }

  private static double distance(INDArray a, INDArray b) {
    return a.sub(b).norm2Number().doubleValue();
  }
}
