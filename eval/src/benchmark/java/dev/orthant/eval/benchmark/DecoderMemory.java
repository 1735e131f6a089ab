package dev.orthant.eval.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import dev.orthant.core.checkpoint.Dtype;
import dev.orthant.core.checkpoint.TensorInfo;
import dev.orthant.core.checkpoint.TensorSource;
import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.family.LlamaArchitecture;
import dev.orthant.core.finetune.AdapterAssembly;
import dev.orthant.core.kernel.CpuKernels;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.kernel.Precision;
import dev.orthant.core.kernel.WorkerPool;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.LoadSettings;
import dev.orthant.core.nn.Pass;
import dev.orthant.core.nn.TokenOutput;
import dev.orthant.core.nn.Transformer;
import dev.orthant.core.plugin.Catalog;
import dev.orthant.core.plugin.PluginDiscovery;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.text.Batch;
import dev.orthant.core.train.AdamW;
import dev.orthant.core.train.NamedParameter;
import dev.orthant.core.train.TrainingConfig;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Trains LoRA on a decoder of Llama 3.2 1B's shapes with random weights, one sequence of 128 tokens
 * a step with the loss of all of them, and tells the time of steps and the largest resident memory.
 *
 * <p>Arguments: precision of the weights in memory and of products (fp32 or bf16 each), threads,
 * steps. On a machine that others use too, the processor time of one thread says more than the
 * clock.
 */
final class DecoderMemory {

  private static final int TOKENS = 128;
  private static final int VOCABULARY = 128256;
  private static final String CONFIG =
      """
      {"model_type": "llama", "hidden_size": 2048, "num_hidden_layers": 16,
       "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 64,
       "intermediate_size": 8192, "vocab_size": 128256, "max_position_embeddings": 131072,
       "rms_norm_eps": 1e-5, "hidden_act": "silu", "tie_word_embeddings": true,
       "rope_theta": 500000.0,
       "rope_scaling": {"rope_type": "llama3", "factor": 32.0, "low_freq_factor": 1.0,
         "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}}
      """;

  private DecoderMemory() {}

  public static void main(String[] args) throws IOException {
    Precision weights = Precision.valueOf(args[0].toUpperCase(Locale.ROOT));
    Precision products = Precision.valueOf(args[1].toUpperCase(Locale.ROOT));
    int threads = Integer.parseInt(args[2]);
    int steps = Integer.parseInt(args[3]);
    ObjectNode config = (ObjectNode) new ObjectMapper().readTree(CONFIG);
    try (WorkerPool pool = new WorkerPool(threads)) {
      Kernels kernels = new CpuKernels(pool).withPrecision(products);
      Transformer model =
          new LlamaArchitecture().load(config, new Weights(config), new LoadSettings(weights));
      System.out.printf("loaded, %.2f GB resident at most%n", peakGigabytes());
      AdapterSet adapters = adapters(model);
      List<NamedParameter> parameters = new ArrayList<>();
      adapters
          .byModule()
          .forEach(
              (module, adapter) ->
                  adapter
                      .parameters()
                      .forEach(
                          p -> parameters.add(new NamedParameter(module + "." + p.name(), p))));
      AdamW optimizer = new AdamW(kernels, TrainingConfig.defaults(), parameters);
      try (Pass pass = new Pass(kernels, adapters)) {
        for (int step = 0; step < steps; step++) {
          long start = System.nanoTime();
          long used = processorNanos();
          double loss = step(model, pass, step);
          optimizer.step(1e-3, optimizer.gradientNorm());
          System.out.printf(
              "step %d: %.2f s, %.2f s of processors, loss %.4f, %.2f GB resident at most%n",
              step,
              (System.nanoTime() - start) / 1e9,
              (processorNanos() - used) / 1e9,
              loss,
              peakGigabytes());
        }
      }
    }
  }

  private static double step(Transformer model, Pass pass, int step) {
    SplittableRandom random = new SplittableRandom(step % 2);
    int[] ids = random.ints(TOKENS + 1, 0, VOCABULARY).toArray();
    Batch batch =
        new Batch(Arrays.copyOf(ids, TOKENS), new int[TOKENS], new int[] {0, TOKENS}, null);
    float[] next = new float[TOKENS];
    for (int i = 0; i < TOKENS; i++) {
      next[i] = ids[i + 1];
    }
    pass.training(true, step);
    TokenOutput output = model.output().orElseThrow();
    INDArray hidden = model.forward(pass, batch);
    INDArray scores = output.forward(pass, hidden);
    double loss = pass.kernels().crossEntropy(scores, next, 1f, scores);
    INDArray dHidden = pass.buffer("hidden_gradient", hidden.shape());
    output.backward(pass, hidden, scores, dHidden);
    model.backward(pass, batch, dHidden);
    return loss;
  }

  private static AdapterSet adapters(Transformer model) {
    ClassLoader loader = DecoderMemory.class.getClassLoader();
    Catalog catalog = new Catalog(new PluginDiscovery(loader, List.of()).discover(), List.of());
    return adapters(catalog.adapter("lora"), model);
  }

  private static <C extends Record> AdapterSet adapters(
      AdapterFactory<C> factory, Transformer model) {
    C config =
        new ConfigDecoder()
            .decode(
                "{rank: 8, target_modules: [q_proj, k_proj, v_proj, up_proj, down_proj]}",
                factory.configType(),
                factory.defaults());
    return new AdapterAssembly<>(factory, config, null).assemble(model, null, List.of(), 1);
  }

  private static long processorNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static double peakGigabytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) / 1048576.0;
      }
    }
    return Double.NaN;
  }

  /** Random weights under Llama's names, made when they are asked for. */
  private static final class Weights implements TensorSource {

    private final Map<String, long[]> shapes = new LinkedHashMap<>();

    Weights(ObjectNode config) {
      long d = config.path("hidden_size").asLong();
      long keys = config.path("num_key_value_heads").asLong() * config.path("head_dim").asLong();
      long inner = config.path("intermediate_size").asLong();
      put("embed_tokens", VOCABULARY, d);
      for (int i = 0; i < config.path("num_hidden_layers").asInt(); i++) {
        String layer = "layers." + i + ".";
        put(layer + "input_layernorm", d);
        put(layer + "self_attn.q_proj", d, d);
        put(layer + "self_attn.k_proj", keys, d);
        put(layer + "self_attn.v_proj", keys, d);
        put(layer + "self_attn.o_proj", d, d);
        put(layer + "post_attention_layernorm", d);
        put(layer + "mlp.gate_proj", inner, d);
        put(layer + "mlp.up_proj", inner, d);
        put(layer + "mlp.down_proj", d, inner);
      }
      put("norm", d);
    }

    private void put(String module, long... shape) {
      shapes.put("model." + module + ".weight", shape);
    }

    @Override
    public Set<String> names() {
      return shapes.keySet();
    }

    @Override
    public TensorInfo info(String name) {
      return new TensorInfo(Dtype.BF16, shapes.get(name), 0, 0);
    }

    /** Norms are 1, everything else is uniform with a deviation of 0.02. */
    @Override
    public INDArray read(String name) {
      long[] shape = shapes.get(name);
      INDArray tensor = Nd4j.createUninitialized(shape);
      return shape.length == 1 ? tensor.assign(1) : Nd4j.rand(tensor).subi(0.5).muli(0.0693);
    }
  }
}
