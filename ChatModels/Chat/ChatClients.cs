using System.ClientModel;
using System.ClientModel.Primitives;
using ChatModels.Providers.InProcess;
using Microsoft.Extensions.AI;
using OpenAI;

namespace ChatModels.Chat;

/// <summary>Gives an <see cref="IChatModel"/> or an <see cref="IChatClient"/> for any model of the registry, served in this process: same path as over HTTP, no network hop to a gateway.</summary>
/// <remarks>Safe for any number of threads. The model is looked up anew for every request, so a client outlives changes of the registry. Failures are <see cref="ChatModelsException"/>s.</remarks>
public sealed class ChatClients : IDisposable
{
    // The chat path has its own deadlines, retries and telemetry: the SDK's would only come on top.
    private static readonly TimeSpan Unlimited = TimeSpan.FromHours(24);

    private readonly HttpClient _http;
    private readonly ChatPipeline _pipeline;
    private readonly TimeProvider _time;
    private readonly OpenAIClientOptions _options;

    internal ChatClients(ChatPipeline pipeline, TimeProvider time)
    {
        (_pipeline, _time) = (pipeline, time);
        _http = new HttpClient(new ChatPathHandler(pipeline)) { Timeout = Timeout.InfiniteTimeSpan };
        _options = new OpenAIClientOptions
        {
            Endpoint = new Uri("http://in-process.invalid/v1"),
            Transport = new HttpClientPipelineTransport(_http),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = Unlimited,
        };
    }

    /// <summary>A client for the model (or alias) of that name; whether it exists is found out by the first request.</summary>
    public IChatClient Get(string model)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        return new InProcessChatClient(new OpenAI.Chat.ChatClient(model, new ApiKeyCredential("none"), _options).AsIChatClient());
    }

    /// <summary>The model (or alias) of that name, to invoke, stream or ask in batches; whether it exists is found out by the first request.</summary>
    public IChatModel GetModel(string model) => new ChatModel(model, Get(model), new MeasuredCalls(() => _pipeline.MetricNameOf(model), _time));

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
