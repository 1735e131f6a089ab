package dev.orthant.eval.benchmark;

/** What is merged how, as mergekit has it. */
enum MergeMethod {
  LINEAR("linear", "", "{weight: 0.25}", 4),
  TASK_ARITHMETIC("task_arithmetic", "base", "{weight: 0.3}", 4),
  SLERP("slerp", "model0", "{}", 2),
  DARE("dare_linear", "base", "{weight: 0.3, density: 0.5}", 4),
  TIES("ties", "base", "{weight: 0.3, density: 0.2}", 4);

  static final double DENSITY_OF_DARE = 0.5;
  static final double DENSITY_OF_TIES = 0.2;
  static final double WEIGHT = 0.3;
  static final double T = 0.4;

  private final String name;
  private final String base;
  private final String parameters;
  final int models;

  MergeMethod(String name, String base, String parameters, int models) {
    this.name = name;
    this.base = base;
    this.parameters = parameters;
    this.models = models;
  }

  /** A file of mergekit's. */
  String yaml() {
    StringBuilder yaml = new StringBuilder("merge_method: " + name + "\n");
    if (!base.isEmpty()) {
      yaml.append("base_model: ").append(MergeModels.folder().resolve(base)).append('\n');
    }
    if (this == SLERP) {
      yaml.append("parameters: {t: ").append(T).append("}\n");
    }
    yaml.append("models:\n");
    for (int i = this == SLERP ? 1 : 0; i < models; i++) {
      yaml.append("  - {model: ").append(MergeModels.model(i));
      yaml.append(", parameters: ").append(parameters).append("}\n");
    }
    return yaml.append("dtype: float32\n").toString();
  }
}
