import StrictJSON

/// The equivalent here of a term that PyTorch, Keras, Lightning or Hugging Face use for a setting.
enum OtherFrameworkTerm: Sendable, Equatable {
    /// A key, with its section; the hint follows it: ", with …".
    case key(String, hint: String)
    /// A sentence about a missing feature and its alternative.
    case missing(String)

    /// Nil for an unknown word. Ignores case, "_" and "-".
    init?(_ name: String) {
        guard name.utf8.count <= 64, let found = Self.byLetters[plainLetters(name)] else { return nil }
        self = found
    }

    /// A sentence about `shown`, which was given as a key.
    func sentence(about shown: String) -> String {
        switch self {
        case .key(let key, let hint): "\(shown) is \(key) here\(hint)."
        case .missing(let sentence): "\(shown) is not a key: \(sentence)"
        }
    }

    /// The key for an option, as it is written here: "training.epochs=3"; or a sentence about a missing feature.
    func sentence(aboutOption option: String, value: String?) -> String {
        switch self {
        case .key(let key, let hint): "\(option) is not an option; it is a key of the configuration: write \(key)=\(value ?? "…")\(hint)."
        case .missing(let sentence): "\(option) is not an option: \(sentence)"
        }
    }

    private static let byLetters: [[Unicode.Scalar]: OtherFrameworkTerm] = {
        var words: [[Unicode.Scalar]: OtherFrameworkTerm] = [:]
        for (names, meaning) in keys + absent {
            for name in names.split(separator: " ") { words[plainLetters(String(name))] = meaning }
        }
        return words
    }()

    // MARK: Words

    private static func key(_ key: String, _ hint: String = "") -> OtherFrameworkTerm { .key(key, hint: hint) }

    private static let keys: [(names: String, meaning: OtherFrameworkTerm)] = [
        ("data data_path data_file file filename filenames path train_file text_file csv csv_file corpus", key("data.files")),
        ("lower lower_case do_lower_case", key("data.lowercase")),
        (
            """
            seq_len seq_length seq_size sequence_length sequence_len bptt bptt_len maxlen max_len max_length max_seq_len max_seq_length window window_size \
            window_length lookback look_back lookback_window timesteps time_steps n_timesteps block_size context_length context_window input_width n_past
            """, key("data.length")
        ),
        (
            "forecast_horizon pred_len prediction_length forecast_length steps_ahead n_steps_ahead look_ahead lookahead label_width n_future",
            key("data.horizon")
        ),
        ("feature_cols feature_columns input_columns inputs features", key("data.columns")),
        ("target_column target_columns target_col outputs output_columns", key("data.targets")),
        ("loss_fn loss_function criterion objective", key("training.loss", ", of numbers; symbols and classes have the cross-entropy")),
        ("labels label_column label_col class_column", key("data.label")),
        ("ctc ctc_loss ctcloss zero_infinity", key("data.target", ", \"transcript\"; with data.unalignable")),
        ("words word_level char_level", key("data.unit", ", \"word\" or \"character\"")),
        ("bpe subword subwords byte_pair_encoding sentencepiece", key("data.unit", ", \"bpe\"")),
        ("tokenizer_path tokenizer_file tokenizer_name hf_tokenizer", key("data.tokenizer")),
        ("vocab_size num_tokens ntoken max_features max_words num_words", key("data.vocabularySize")),
        ("validation_split val_split valid_split val_size validation_size val_fraction valid_fraction val_ratio", key("data.validationFraction")),
        ("test_split test_size test_ratio", key("data.testFraction")), ("num_mixture num_mixtures n_mixtures n_components mdn", key("model.mixture")),
        ("validation_data validation_file val_file valid_file eval_file dev_file dev_path", key("data.validationFiles")),
        ("test_data test_file test_path", key("data.testFiles")),
        ("time_features calendar_features date_features datepart add_encoders", key("data.calendar")),
        ("freq", key("data.frequency", ", of JSON Lines whose series have a start; from dates of rows it follows")),
        ("known_reals time_varying_known_reals futr_exog_list future_covariates known_covariates feat_dynamic_real regressors exog", key("data.future")),
        (
            "static_categoricals time_varying_known_categoricals time_varying_unknown_categoricals categorical_columns cat_columns cat_features "
                + "categorical_features feat_static_cat feat_dynamic_cat one_hot",
            key("data.categories")
        ),
        ("groups group_col group_column speaker_id writer_id subject_id patient_id groupby", key("data.group")),
        ("fold fold_column split_column subset set_column partition", key("data.part")),
        ("cmvn per_utterance_normalization utterance_cmvn instance_norm", key("data.standardize", ", \"sequence\"")),
        ("spec_augment specaug time_mask freq_mask time_masking frequency_masking time_mask_param", key("model.layers", ", with a layer {\"type\": \"specAugment\"}")),
        ("add_deltas delta delta_order compute_deltas", key("data.deltas")),
        ("bucket buckets bucket_by_length group_by_length sort_by_length bucket_iterator", key("data.bucketing")),
        ("id_col id_column unique_id series_id sequence_id group_id group_ids item_id", key("data.id")),
        ("time_idx time_index step_column sort_by column_sort", key("data.step")),
        ("train_size num_samples n_samples num_examples", key("data.trainingExamples", ", for data that are generated; of files all are read")),
        (
            """
            hidden_size hidden_dim hidden_dims hidden_units units num_units n_units rnn_size rnn_units lstm_size lstm_units n_hidden nhid num_hidden \
            hidden_features hidden_channels cell_size d_model
            """, key("model.hidden")
        ),
        ("gru lstm rnn simple_rnn elman rnn_type cell_type rnn_cell lstm_type mode", key("model.cell")),
        ("nonlinearity act activation_function", key("model.activation")),
        ("peephole use_peepholes use_peephole", key("model.peepholes")),
        ("coupled cifg input_forget coupled_input_forget", key("model.coupledGates")),
        ("recurrent_activation hard_sigmoid", key("model.gateActivation")),
        ("reset_after linear_before_reset", key("model.reset")),
        ("num_layers n_layers nlayers layer_count hidden_layers num_hidden_layers lstm_layers rnn_layers", key("model.layers")),
        (
            "drop_out drop drop_prob dropout_rate dropout_p p_dropout", key("model.dropout", ", between recurrent layers; elsewhere a layer of model.layers")
        ),
        (
            "variational_dropout input_dropout",
            key("model.layers", ", with a layer {\"type\": \"dropout\", \"rate\": 0.5}, which may be the first one, and \"variational\": true")
        ),
        ("wdrop dropconnect drop_connect weight_dropout", key("model.weightDrop")),
        ("dropoute embed_dropout word_dropout dropout_embedding", key("model.embeddingDropout")),
        ("use_char char_feature char_embeddings char_lstm char_cnn charlm token_characters char_seq_feature", key("model.characters")),
        ("char_emb_dim char_embedding_dim char_embed_dim char_dim", key("model.characterEmbedding")),
        ("char_hidden_dim char_hidden char_lstm_hidden_dim char_hidden_size char_out_dim", key("model.characterUnits")),
        ("activation_regularization activity_regularizer", key("model.activationL2")),
        ("temporal_activation_regularization", key("model.temporalL2")),
        ("zoneout_h zoneout_prob", key("model.zoneout")), ("zoneout_c", key("model.zoneoutCell")),
        ("candidate_dropout", key("model.layers", ", with the key \"candidateDropout\" of a recurrent layer of the list")),
        ("proj_size projection_size", key("model.projection")),
        ("layer_normalization", key("model.layerNorm", ", or a layer {\"type\": \"layerNorm\"} of model.layers")),
        ("learn_initial_state trainable_initial_state learned_initial_state", key("model.initialState", ", \"learned\"")),
        ("bidir bilstm bi_lstm birnn", key("model.bidirectional")),
        ("embedding_dim embed_dim embedding_size embed_size emb_dim emb_size emsize embedding_width", key("model.embedding")),
        ("glove word2vec embedding_path embeddings_file pretrained_embeddings", key("model.embeddingFile")),
        ("freeze_embedding freeze_embeddings freeze trainable", key("model.trainEmbedding")),
        ("return_sequences many_to_many many_to_one", key("model.head", ", \"every\" or \"last\"")),
        ("initializer init weight_init kernel_initializer recurrent_initializer init_scheme", key("model.initialization")),
        ("initrange init_range init_scale", key("model.initialRange", ", with model.initialization \"uniform\"")),
        ("unit_forget_bias forget_gate_bias", key("model.forgetBias")),
        ("pretrained pretrained_weights init_weights weights load_weights", key("model.initialWeights")),
        ("batch_size bs batchsize minibatch mini_batch minibatch_size train_batch_size per_device_train_batch_size n_batch", key("training.batch")),
        ("max_epochs num_epochs n_epochs nb_epoch nb_epochs epoch num_train_epochs total_epochs", key("training.epochs")),
        ("max_steps num_steps n_steps total_steps iterations iters num_iters max_iters niter num_iterations max_iterations", key("training.steps")),
        ("random_state random_seed manual_seed rng_seed", key("training.seed")),
        (
            """
            clip grad_clip gradient_clip gradient_clipping gradient_clip_val clip_grad clip_grad_norm clip_gradient clip_gradients max_grad_norm max_norm \
            grad_norm_clip global_clipnorm clip_global_norm
            """, key("training.clipNorm")
        ),
        ("ema use_ema swa averaged_model model_ema asgd nt_asgd", key("training.averaging", ", \"ema\" or \"ntAsgd\"")),
        ("ema_decay ema_momentum", key("training.averageDecay", ", with training.averaging \"ema\"")),
        ("nonmono", key("training.averagePatience", ", with training.averaging \"ntAsgd\"")),
        ("smoothing label_smoothing_factor smooth_eps", key("training.labelSmoothing")),
        ("class_weight pos_weight weight_classes is_unbalance scale_pos_weight auto_class_weights", key("training.classWeights")),
        (
            "gradient_accumulation gradient_accumulation_steps accumulate_grad_batches grad_accum accum_steps",
            key("training.accumulate", ", and training.batch is the whole batch, over all of them and all ranks")
        ),
        ("clip_grad_value gradient_clip_value", key("training.clipValue")),
        (
            "val_check_interval validation_steps validation_freq val_every eval_every eval_steps eval_interval eval_freq validate_every validation_interval",
            key("training.validateEverySteps")
        ),
        ("early_stopping early_stop earlystopping early_stopping_patience early_stop_patience", key("training.patience")),
        ("min_delta early_stopping_min_delta early_stopping_threshold", key("training.minimumImprovement", ", with training.patience")),
        ("dtype amp mixed_precision fp16 float16 half bf16 bfloat16 use_amp autocast", key("training.precision", ", \"float32\" or \"bfloat16\"")),
        ("lr eta learningrate base_lr initial_lr init_lr learn_rate max_lr", key("optimizer.learningRate")),
        ("betas adam_betas", key("optimizer.beta1", " and optimizer.beta2")),
        ("adam_beta1", key("optimizer.beta1")), ("adam_beta2", key("optimizer.beta2")), ("eps adam_epsilon adam_eps", key("optimizer.epsilon")),
        ("optim opt solver optimizer", key("optimizer.algorithm")),
        (
            "scheduler lr_scheduler lr_schedule lr_scheduler_type lr_policy",
            key(
                "optimizer.schedule",
                ", \"constant\", \"step\", \"exponential\", \"polynomial\", \"cosine\", \"oneCycle\", \"inverseRoot\" or \"plateau\"")
        ),
        ("reduce_lr_on_plateau reducelronplateau plateau lr_plateau", key("optimizer.schedule", ", \"plateau\"")),
        ("lr_patience", key("optimizer.plateauPatience", ", with optimizer.schedule \"plateau\"")),
        ("gamma lr_decay lr_gamma lr_factor decay decay_rate lr_decay_rate learning_rate_decay", key("optimizer.decayFactor", ", with optimizer.schedule \"step\"")),
        ("cosine cosine_annealing one_cycle", key("optimizer.schedule", ", the value is the name")),
        ("warmup num_warmup_steps warmup_iters lr_warmup warmup_ratio", key("optimizer.warmupSteps", ", in steps")),
        ("t_max t_0 total_iters lr_period", key("optimizer.schedulePeriod", ", in epochs or steps (optimizer.scheduleUnit)")),
        ("min_lr eta_min lr_min end_learning_rate", key("optimizer.minimumRate")), ("t_mult", key("optimizer.restartFactor")),
        ("pct_start", key("optimizer.riseFraction")),
        ("step_size lr_step lr_step_size decay_steps decay_every", key("optimizer.decayEveryEpochs", ", with optimizer.schedule \"step\"")),
        ("sgd adamw rmsprop adagrad nadam lamb", key("optimizer.algorithm", ", the value is the name")),
        ("ams_grad", key("optimizer.amsgrad")),
        ("rho smoothing", key("optimizer.alpha", ", with optimizer.algorithm \"rmsprop\"")),
        ("l2 l2_regularization wd", key("optimizer.weightDecay")),
        ("num_threads nthreads n_threads n_jobs num_workers workers num_cores", key("parallelism.threads")),
        ("save_steps save_every save_interval save_freq checkpoint_every checkpoint_interval checkpoint_freq ckpt_interval", key("checkpoint.everySteps")),
        ("save_total_limit save_top_k max_to_keep keep_last", key("checkpoint.keep")),
        ("n_mels num_mels num_mel_bins n_filters", key("data.mels")), ("n_mfcc num_ceps numcep", key("data.coefficients")), ("n_fft nfft", key("data.fftSize")),
        ("hop_length hop_size frame_shift", key("data.hopMilliseconds")), ("win_length frame_length", key("data.windowMilliseconds")),
        ("fmin f_min low_freq", key("data.lowFrequency")), ("fmax f_max high_freq", key("data.highFrequency")), ("sr fs sample_freq", key("data.sampleRate")),
        ("save_best_only load_best_model_at_end save_best restore_best_weights", key("checkpoint.best")),
        ("log_interval log_every log_every_n_steps logging_steps log_steps log_freq print_every verbose", key("log.everySteps")),
        ("sample_every sample_size generate_length", key("log.sampleLength")),
    ]

    private static let absent: [(names: String, meaning: OtherFrameworkTerm)] = [
        ("keep_prob", .missing("model.dropout is the probability of a 0, one less this; it acts between recurrent layers.")),
        ("bias use_bias", .missing("each gate has a bias, always.")),
        (
            "conv conv1d kernel_size kernel conv_width filters out_channels tcn num_channels",
            key("model.layers", ", with a layer {\"type\": \"conv1d\", \"channels\": 64, \"width\": 3} or of type \"tcn\"")
        ),
        ("weight_norm weight_normalization", key("model.layers", ", with the key \"weightNorm\" of a layer of type \"tcn\"")),
        ("pool pooling", key("model.layers", ", with a layer {\"type\": \"pool\"} below the head")),
        ("batch_norm batchnorm norm", .missing("lstm-train has layer normalisation only, as a layer of model.layers.")),
        (
            "normalize normalise scale scaler scaling standardize standardise minmax min_max_scaler",
            .missing("columns are standardised always, by mean and deviation of the training part, or of sequences by their own (data.standardize); data.relative takes windows relative to their last row, data.windowScaling divides them.")
        ),
        ("attention heads num_heads n_heads nhead transformer", key("model.layers", ", with a layer {\"type\": \"transformer\", \"heads\": 4, \"feedForward\": 1024}")),
        ("dense fc mlp", key("model.layers", ", with a layer {\"type\": \"dense\", \"units\": 64}")),
        ("tie_weights tied_weights tie_embeddings weight_tying", key("model.tied")),
        (
            "vocab",
            .missing("symbols of a text are its characters, bytes, words or byte pairs (data.unit), and the vocabulary is all that occur in it, the most frequent words, or pairs that are learnt.")
        ),
        (
            "input_size input_dim input_shape output_size output_dim num_classes n_classes n_features num_features n_inputs n_outputs",
            .missing("the widths of input and output follow from the data.")
        ),
        ("metrics metric", .missing("the metrics follow from data.kind; evaluate prints all of them.")),
        (
            "l1 regularization regularizer kernel_regularizer recurrent_regularizer reg_lambda",
            .missing("lstm-train has weight decay alone (optimizer.weightDecay). Against overfitting it keeps the best checkpoint by validation (checkpoint.best).")
        ),
        (
            "adadelta adamax adafactor lion lars radam",
            .missing("lstm-train has Adam, AdamW, SGD, RMSprop, Adagrad, NAdam and LAMB (optimizer.algorithm).")
        ),
        (
            "device devices gpu gpus cuda use_cuda use_gpu no_cuda n_gpu num_gpus gpu_id mps tpu accelerator cudnn",
            .missing("lstm-train computes on CPUs only, on all cores that it may use; on more machines with mpirun.")
        ),
        (
            "world_size nproc nproc_per_node num_nodes nnodes ranks num_ranks np ddp strategy distributed local_rank",
            .missing("the number of ranks is mpirun's: mpirun -n 4 lstm-train config.json.")
        ),
        ("stateful carry_state", .missing("data.kind \"text\" carries the state from chunk to chunk; with the other kinds each sequence begins from zeros.")),
        ("shuffle", .missing("the order follows from training.seed; data.kind \"text\" is read in order.")),
        (
            "batch_first drop_last pin_memory prefetch prefetch_factor persistent_workers return_state time_major",
            .missing("there is nothing to set: lstm-train makes its batches itself.")
        ),
        (
            "output_dir out_dir save_dir log_dir logdir run_dir run_name default_root_dir checkpoint_dir ckpt_dir model_dir results_dir experiment exp_name",
            .missing("the run directory is named with --run-directory PATH.")
        ),
        (
            "resume_from resume_from_checkpoint ckpt ckpt_path load_checkpoint restore",
            .missing("a run or checkpoint to resume from is named with --resume PATH.")
        ),
        ("temperature prompt top_k top_p", .missing("lstm-train generate writes text with a trained model: --prompt, --length, --temperature, --seed.")),
    ]
}
