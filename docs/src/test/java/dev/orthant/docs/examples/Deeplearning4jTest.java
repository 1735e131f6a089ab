package dev.orthant.docs.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.dl4j.AdaptedDenseLayer;
import dev.orthant.core.dl4j.NetworkAdaptation;
import dev.orthant.core.dl4j.NetworkAdapters;
import dev.orthant.core.dl4j.NetworkStatistics;
import dev.orthant.core.dl4j.NetworkTensors;
import dev.orthant.core.features.TaskStatistics;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.merge.AdapterInput;
import dev.orthant.core.merge.CheckpointInput;
import dev.orthant.core.merge.MergeEngine;
import dev.orthant.core.merge.MergedTensors;
import dev.orthant.merge.AverageConfig;
import dev.orthant.merge.AverageFactory;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.optimize.listeners.CollectScoresIterationListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * The guide for Deeplearning4j: a network that was trained to tell applications for a credit apart
 * answers three questions about them.
 */
final class Deeplearning4jTest {

  private static final int BATCH = 80;
  private static final int EPOCHS = 8;

  /** Sums of single-precision products in another order. */
  private static final double ROUNDING = 1e-4;

  private static final Set<String> QUESTIONS = new TreeSet<>(CreditApplications.QUESTIONS.keySet());
  private static final CreditApplications APPLICATIONS = CreditApplications.read();
  private static MultiLayerNetwork network;

  @TempDir private Path folder;

  @BeforeAll
  static void aNetworkThatSomebodyHas() {
    DataSet applications = APPLICATIONS.unlabelled();
    int features = applications.getFeatures().columns();
    MultiLayerNetwork autoencoder =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(7)
                .updater(new Adam(0.01))
                .activation(Activation.TANH)
                .list()
                .layer(new DenseLayer.Builder().name("encoder1").nIn(features).nOut(24).build())
                .layer(new DenseLayer.Builder().name("encoder2").nIn(24).nOut(12).build())
                .layer(
                    new OutputLayer.Builder(LossFunction.MSE)
                        .name("decoder")
                        .activation(Activation.IDENTITY)
                        .nIn(12)
                        .nOut(features)
                        .build())
                .build());
    autoencoder.init();
    autoencoder.fit(batches(applications), 8);
    Nd4j.getRandom().setSeed(7);
    network =
        new TransferLearning.Builder(autoencoder)
            .fineTuneConfiguration(
                new FineTuneConfiguration.Builder().updater(new Adam(0.01)).build())
            .removeOutputLayer()
            .addLayer(
                new OutputLayer.Builder(LossFunction.MCXENT)
                    .name("answer")
                    .activation(Activation.SOFTMAX)
                    .nIn(12)
                    .nOut(2)
                    .build())
            .build();
  }

  @AfterEach
  void singlePrecisionAgain() {
    Nd4j.setDefaultDataTypes(DataType.FLOAT, DataType.FLOAT); // the gradient check sets double
  }

  @ParameterizedTest
  @ValueSource(strings = {"LoRA", "MoSLoRA", "OSRM"})
  void threeTasksAreLearntAndMergedAndSavedAndRestored(String method) throws IOException {
    NetworkAdapters adapters = NetworkAdapters.create();
    List<AdapterInput> tasks = new ArrayList<>();
    Map<String, MultiLayerNetwork> experts = new LinkedHashMap<>();

    for (String question : QUESTIONS) {
      MultiLayerNetwork expert = adaptation(method, adapters, question).applyTo(network);
      expert.fit(batches(APPLICATIONS.training(question)), EPOCHS);
      experts.put(question, expert);
      tasks.add(AdapterInput.of(question, adapters.deltas(expert)));
    }
    // region merge
    MergeEngine average =
        MergeEngine.builder(new AverageFactory(), AverageConfig.defaults()).build();
    Map<String, Delta> merged = average.mergeAdapters(tasks, NetworkTensors.of(network)).deltas();
    // endregion

    for (String question : QUESTIONS) {
      MultiLayerNetwork expert = experts.get(question);
      DataSet unseen = APPLICATIONS.test(question);
      // region use
      MultiLayerNetwork all = adapters.plus(adapters.unloaded(expert), merged);
      // endregion
      File file = folder.resolve(question + ".zip").toFile();
      expert.save(file, true);
      assertThat(expert.score(unseen)).isLessThan(network.score(unseen));
      assertThat(all.score(unseen)).isLessThan(network.score(unseen));
      assertThat(MultiLayerNetwork.load(file, true).output(unseen.getFeatures()))
          .isEqualTo(expert.output(unseen.getFeatures()));
      all.save(file, true);
      assertThat(MultiLayerNetwork.load(file, true).output(unseen.getFeatures()))
          .isEqualTo(all.output(unseen.getFeatures()));
      assertThat(expert.getParam("0_W")).isEqualTo(network.getParam("0_W"));
    }
    assertThat(
            distance(
                encoder(mergedNetworks(adapters, experts)),
                encoder(adapters.plus(network, merged))))
        .isLessThan(ROUNDING);
    assertGradientsAreRight(experts.get("class"));
  }

  @Test
  void earlyStoppingAndListenersWorkAsEver() throws IOException {
    // region adapt
    NetworkAdapters adapters = NetworkAdapters.create();
    MultiLayerNetwork adapted =
        adapters
            .adaptation("lora", "{rank: 4, alpha: 8, target_modules: encoder.*}")
            .alsoTraining("answer")
            .applyTo(network);
    // endregion
    DataSetIterator training = batches(APPLICATIONS.training("class"));
    DataSetIterator unseen = batches(APPLICATIONS.test("class"));
    CollectScoresIterationListener scores = new CollectScoresIterationListener(1);
    adapted.setListeners(scores);

    // region early-stopping
    EarlyStoppingResult<MultiLayerNetwork> result =
        new EarlyStoppingTrainer(
                new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
                    .epochTerminationConditions(new MaxEpochsTerminationCondition(3))
                    .scoreCalculator(new DataSetLossCalculator(unseen, true))
                    .build(),
                adapted,
                training)
            .fit();
    MultiLayerNetwork best = result.getBestModel();
    // endregion
    // region save
    adapters.save(best, folder.resolve("adapter"), false);
    MultiLayerNetwork again = adapters.load(folder.resolve("adapter"), network);
    // endregion

    INDArray features = APPLICATIONS.test("class").getFeatures();
    assertThat(result.getTotalEpochs()).isEqualTo(3);
    assertThat(scores.getScoreVsIter().getIndexes()).isNotEmpty();
    assertThat(again.output(features)).isEqualTo(best.output(features));
  }

  /** How a question is learnt. */
  private static NetworkAdaptation adaptation(
      String method, NetworkAdapters adapters, String question) {
    if (method.equals("MoSLoRA")) {
      return adapters
          .adaptation("moslora", "{rank: 4, alpha: 8, target_modules: encoder.*}")
          .alsoTraining("answer");
    }
    NetworkAdaptation lora =
        adapters
            .adaptation("lora", "{rank: 4, alpha: 8, target_modules: encoder.*}")
            .alsoTraining("answer");
    return method.equals("OSRM") ? constrained(lora, question) : lora;
  }

  private static NetworkAdaptation constrained(NetworkAdaptation lora, String question) {
    // region statistics
    List<TaskStatistics> others = new ArrayList<>();
    for (String other : QUESTIONS) {
      if (!other.equals(question)) {
        DataSetIterator data = batches(APPLICATIONS.training(other));
        others.add(NetworkStatistics.collect(other, network, data));
      }
    }
    return lora.constrainedBy("osrm", "{hold: frozen}").statistics(null, others);
    // endregion
  }

  private static MultiLayerNetwork mergedNetworks(
      NetworkAdapters adapters, Map<String, MultiLayerNetwork> experts) {
    // region networks
    List<CheckpointInput> models = new ArrayList<>();
    experts.forEach(
        (name, expert) ->
            models.add(CheckpointInput.of(name, NetworkTensors.of(adapters.folded(expert)))));
    try (MergedTensors merged =
        MergeEngine.builder(new AverageFactory(), AverageConfig.defaults())
            .build()
            .mergeCheckpoints(models, NetworkTensors.of(network))) {
      return adapters.with(network, merged);
    }
    // endregion
  }

  private static void assertGradientsAreRight(MultiLayerNetwork expert) {
    Nd4j.setDefaultDataTypes(DataType.DOUBLE, DataType.DOUBLE);
    MultiLayerNetwork twin = expert.convertDataType(DataType.DOUBLE);
    Set<String> frozen = new HashSet<>();
    for (int i = 0; i < twin.getnLayers(); i++) {
      if (twin.getLayerWiseConfigurations().getConf(i).getLayer()
          instanceof AdaptedDenseLayer layer) {
        String prefix = i + "_";
        layer.setIUpdater(new NoOp());
        frozen.add(prefix + "W");
        frozen.add(prefix + "b");
        layer.getAdapter().parameters().stream()
            .filter(p -> !p.trainable())
            .forEach(p -> frozen.add(prefix + p.name().replace('_', '-')));
      }
    }
    ((OutputLayer) twin.getLayerWiseConfigurations().getConf(2).getLayer()).setIUpdater(new NoOp());
    DataSet few = new DataSet();
    few.setFeatures(
        APPLICATIONS.test("class").getFeatures().castTo(DataType.DOUBLE).getRows(0, 1, 2, 3));
    few.setLabels(
        APPLICATIONS.test("class").getLabels().castTo(DataType.DOUBLE).getRows(0, 1, 2, 3));

    assertThat(
            GradientCheckUtil.checkGradients(
                new GradientCheckUtil.MLNConfig()
                    .net(twin)
                    .input(few.getFeatures())
                    .labels(few.getLabels())
                    .excludeParams(frozen)
                    .subset(true)
                    .maxPerParam(5)))
        .isTrue();
  }

  private static INDArray encoder(MultiLayerNetwork any) {
    return Nd4j.concat(
        0, any.getParam("0_W").dup('c').reshape(-1), any.getParam("1_W").dup('c').reshape(-1));
  }

  private static DataSetIterator batches(DataSet data) {
    return new ListDataSetIterator<>(data.batchBy(BATCH), 1);
  }

  private static double distance(INDArray a, INDArray b) {
    return a.sub(b).norm2Number().doubleValue();
  }
}
