namespace ChatModels.Telemetry;

/// <summary>Every name that ChatModels gives to telemetry, in one place: the GenAI conventions are still in development and will move.</summary>
internal static class TelemetryNames
{
    /// <summary>The activity source and the meter.</summary>
    public const string Source = "ChatModels";

    /// <summary>Attributes of OpenTelemetry's GenAI conventions, and values that they know: open-telemetry/semantic-conventions-genai, docs/gen-ai/gen-ai-spans.md.</summary>
    internal static class GenAI
    {
        public const string OperationName = "gen_ai.operation.name";
        public const string ProviderName = "gen_ai.provider.name";
        public const string RequestModel = "gen_ai.request.model";
        public const string RequestStream = "gen_ai.request.stream";
        public const string MaxTokens = "gen_ai.request.max_tokens";
        public const string Temperature = "gen_ai.request.temperature";
        public const string TopP = "gen_ai.request.top_p";
        public const string TopK = "gen_ai.request.top_k";
        public const string FrequencyPenalty = "gen_ai.request.frequency_penalty";
        public const string PresencePenalty = "gen_ai.request.presence_penalty";
        public const string Seed = "gen_ai.request.seed";
        public const string ChoiceCount = "gen_ai.request.choice.count";
        public const string StopSequences = "gen_ai.request.stop_sequences";
        public const string ReasoningLevel = "gen_ai.request.reasoning.level";
        public const string Dimensions = "gen_ai.embeddings.dimension.count";
        public const string ResponseModel = "gen_ai.response.model";
        public const string ResponseId = "gen_ai.response.id";
        public const string FinishReasons = "gen_ai.response.finish_reasons";
        public const string FirstChunk = "gen_ai.response.time_to_first_chunk";
        public const string InputTokens = "gen_ai.usage.input_tokens";
        public const string OutputTokens = "gen_ai.usage.output_tokens";
        public const string CachedInputTokens = "gen_ai.usage.cache_read.input_tokens";
        public const string CacheCreationInputTokens = "gen_ai.usage.cache_creation.input_tokens";
        public const string ReasoningTokens = "gen_ai.usage.reasoning.output_tokens";
        public const string InputMessages = "gen_ai.input.messages";
        public const string OutputMessages = "gen_ai.output.messages";
        public const string SystemInstructions = "gen_ai.system_instructions";
        public const string TokenType = "gen_ai.token.type";
        public const string Input = "input";
        public const string Output = "output";
        public const string Chat = "chat";
        public const string Embeddings = "embeddings";
    }

    /// <summary>Metrics of the same conventions, docs/gen-ai/gen-ai-metrics.md.</summary>
    internal static class GenAIMetrics
    {
        public const string ClientDuration = "gen_ai.client.operation.duration";
        public const string ClientTokens = "gen_ai.client.token.usage";
        public const string ClientFirstChunk = "gen_ai.client.operation.time_to_first_chunk";
        public const string ClientNextChunk = "gen_ai.client.operation.time_per_output_chunk";
        public const string ServerDuration = "gen_ai.server.request.duration";
        public const string ServerFirstToken = "gen_ai.server.time_to_first_token";
        public const string ServerNextToken = "gen_ai.server.time_per_output_token";
    }

    /// <summary>General attributes: open-telemetry/semantic-conventions, docs/registry/attributes/error.md, server.md and http.md.</summary>
    internal static class General
    {
        public const string ErrorType = "error.type";
        public const string ServerAddress = "server.address";
        public const string ServerPort = "server.port";
        public const string HttpStatus = "http.response.status_code";
    }

    /// <summary>A request that the Api answers: open-telemetry/semantic-conventions, docs/http/http-spans.md and http-metrics.md.</summary>
    internal static class HttpServer
    {
        public const string Duration = "http.server.request.duration";
        public const string Method = "http.request.method";
        public const string OriginalMethod = "http.request.method_original";
        public const string Route = "http.route";
        public const string Scheme = "url.scheme";
        public const string Path = "url.path";
        public const string Query = "url.query";
        public const string UserAgent = "user_agent.original";
        public const string ProtocolVersion = "network.protocol.version";
    }

    /// <summary>What the conventions lack.</summary>
    internal static class Own
    {
        public const string Revision = "chatmodels.registry.revision";
        public const string Provider = "chatmodels.provider.id";
        public const string Deployment = "chatmodels.deployment";
        public const string Attempt = "chatmodels.attempt";
        public const string Attempts = "chatmodels.attempts";
        public const string NotSent = "chatmodels.attempt.not_sent";
        public const string UpstreamRequestId = "chatmodels.upstream.request_id";
        public const string Fallback = "chatmodels.fallback";
        public const string Choice = "chatmodels.choice";
        public const string SkippedCooling = "chatmodels.skipped.cooling";
        public const string SkippedBusy = "chatmodels.skipped.busy";
        public const string DeploymentState = "chatmodels.deployment.state";
        public const string Cost = "chatmodels.cost";
        public const string CountTokens = "count_tokens";
    }

    /// <summary>The chat path's own metrics.</summary>
    internal static class OwnMetrics
    {
        public const string Cost = "chatmodels.chat.cost";
        public const string DeploymentChanges = "chatmodels.deployment.state_changes";
    }

    /// <summary>Why a deployment was chosen: the values of <see cref="Own.Choice"/>.</summary>
    internal static class Choice
    {
        /// <summary>Nothing else serves the model here.</summary>
        public const string Only = "only";

        /// <summary>Of what was left it alone has the lowest priority number.</summary>
        public const string Priority = "priority";

        /// <summary>By weight, among several of the same priority.</summary>
        public const string Weight = "weight";

        /// <summary>Its cooldown has ended, and this attempt decides whether it is back.</summary>
        public const string Trial = "trial";

        /// <summary>Everything cools down, and it is the least bad.</summary>
        public const string LastResort = "last_resort";
    }

    /// <summary>A model called in process, which no convention knows.</summary>
    internal static class Calls
    {
        public const string Duration = "chatmodels.call.duration";
        public const string Requests = "chatmodels.call.requests";
        public const string Kind = "chatmodels.call.kind";
        public const string Invoke = "invoke";
        public const string Stream = "stream";
        public const string Batch = "batch";
    }

    /// <summary>The registry's own spans and metrics, and their tags.</summary>
    internal static class Registry
    {
        public const string RefreshSpan = "registry refresh";
        public const string WriteSpan = "registry write";
        public const string ApplySpan = "registry apply";
        public const string RollbackSpan = "registry rollback";
        public const string Revision = "chatmodels.registry.revision";
        public const string Age = "chatmodels.registry.age";
        public const string State = "chatmodels.registry.state";
        public const string Models = "chatmodels.registry.models";
        public const string Providers = "chatmodels.registry.providers";
        public const string RefreshDuration = "chatmodels.registry.refresh.duration";
        public const string Writes = "chatmodels.registry.writes";
        public const string Outcome = "chatmodels.registry.outcome";
        public const string Op = "chatmodels.registry.op";
        public const string Entity = "chatmodels.registry.entity";
        public const string Changes = "chatmodels.registry.changes";
        public const string DryRun = "chatmodels.registry.dry_run";
        public const string Read = "chatmodels.registry.read";
    }

    /// <summary>The providers' own spans and metrics, and their tags; which provider is <see cref="Own.Provider"/>.</summary>
    internal static class Providers
    {
        public const string CreationSpan = "provider creation";
        public const string ProbeSpan = "provider probe";
        public const string Active = "chatmodels.provider.active";
        public const string Queue = "chatmodels.provider.queue";
        public const string Health = "chatmodels.provider.health";
        public const string Cooldowns = "chatmodels.provider.cooldowns";
        public const string Creations = "chatmodels.provider.creations";
        public const string Type = "chatmodels.provider.type";
        public const string Verdict = "chatmodels.probe.verdict";
    }

    /// <summary>The batches' own spans and metrics, and their tags.</summary>
    internal static class Batches
    {
        public const string Span = "batch";
        public const string ValidateSpan = "batch validate";
        public const string LineSpan = "batch line";
        public const string FinishSpan = "batch finish";
        public const string Id = "chatmodels.batch.id";
        public const string Line = "chatmodels.batch.line";
        public const string Status = "chatmodels.batch.status";
        public const string Completed = "chatmodels.batch.completed";
        public const string Failed = "chatmodels.batch.failed";
        public const string Work = "chatmodels.batch.work";
        public const string Open = "chatmodels.batch.open";
        public const string QueueDepth = "chatmodels.batch.queue.depth";
        public const string OldestAge = "chatmodels.batch.queue.oldest_age";
        public const string TimeLeft = "chatmodels.batch.queue.time_left";
        public const string LeaseLosses = "chatmodels.batch.lease.losses";
        public const string Lines = "chatmodels.batch.lines";
        public const string LineDuration = "chatmodels.batch.line.duration";
        public const string Calls = "chatmodels.batch.calls";
        public const string Outcome = "chatmodels.batch.outcome";
    }

    /// <summary>The span of an upload, and its attributes.</summary>
    internal static class Files
    {
        public const string UploadSpan = "file upload";
        public const string Id = "chatmodels.file.id";
        public const string Size = "chatmodels.file.size";
    }

    /// <summary>Stands for a name that is not in the registry, since names that clients make up would be tags without number; and in metrics for a registered one past the limit.</summary>
    public const string Other = "_other";
}
