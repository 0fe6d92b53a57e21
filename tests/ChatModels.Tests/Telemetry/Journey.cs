using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using ChatModels.Batches;
using ChatModels.Batches.Files;
using ChatModels.Chat;
using ChatModels.Chat.Probing;
using ChatModels.Providers;
using ChatModels.Registry;
using ChatModels.Testing;
using ChatModels.Tests.Chat;
using ChatModels.Tests.Registry;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using UpstreamReply = ChatModels.Testing.UpstreamReply;

namespace ChatModels.Tests.Telemetry;

/// <summary>Everything that the product does, once, with all of its telemetry recorded. No other test runs meanwhile.</summary>
public sealed class Journey : IAsyncLifetime
{
    private const string Answer = """
        {"id":"1","model":"m-1","choices":[{"index":0,"message":{"content":"a"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":5,
         "prompt_tokens_details":{"cached_tokens":3},"completion_tokens_details":{"reasoning_tokens":2}}}
        """;

    private const string Parameters = """
        "n":2,"max_tokens":5,"temperature":1,"top_p":1,"top_k":1,"frequency_penalty":1,"presence_penalty":1,"seed":1,"stop":"x","reasoning_effort":"low","messages"
        """;

    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly MetricsRecorder _metrics = new("ChatModels");
    private readonly ActivityListener _listener;

    public Journey()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "ChatModels",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public IReadOnlyCollection<Activity> Spans => _spans;

    public MetricsRecorder Metrics => _metrics;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var read = new TaskCompletionSource();
        await ChangeTheRegistryAsync();
        await using var good = await FakeUpstream.StartAsync(Numbered(UpstreamReply.Either(UpstreamReply.Json(Answer), UpstreamStreaming.Of(Apart(read)))), Ct);
        good.OnOther = (context, _) => UpstreamReply.Json("""{"data":[{"embedding":[1]}],"model":"e","usage":{"prompt_tokens":2}}""")(context, null!);
        await using var bad = await FakeUpstream.StartAsync(UpstreamReply.Error(500), Ct);
        await using var anthropic = await FakeUpstream.StartAsync(UpstreamReply.Json(AnthropicAnswer), Ct);
        anthropic.OnOther = (context, _) => UpstreamReply.Json("""{"input_tokens":3}""")(context, null!);
        await using var host = await ChatHost.StartAsync(
            builder => builder.AddBatches(), ("ChatModels:Chat:CooldownFailures", "2"), ("ChatModels:Chat:Cooldown", "00:00:00.100"), ("ChatModels:Chat:MaxBackOff", "00:00:00.001"),
            ("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "true"));
        await AskWellAsync(host, good, anthropic, read);
        await AskInVainAsync(host, bad);
        await AbortAsync(host, bad);
        await AskWhileBusyAsync(host, good);
        await CallAsync(host);
        await RunABatchAsync(host);
        await ProbeAsync(host);
        Metrics.Observe();
    }

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        _metrics.Dispose();
        return ValueTask.CompletedTask;
    }

    private const string AnthropicAnswer = """
        {"id":"1","type":"message","role":"assistant","model":"c","content":[{"type":"text","text":"a"}],"stop_reason":"end_turn",
         "usage":{"input_tokens":3,"output_tokens":4,"cache_creation_input_tokens":2,"cache_read_input_tokens":1}}
        """;

    private static async Task ChangeTheRegistryAsync()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var store = new FakeRegistryStore(time);
        using var one = await TestReplica.LoadedAsync(store, time);
        using var other = await TestReplica.LoadedAsync(store, time, chance: 2);
        await one.PutAsync("echo", Sample.Provider);
        await other.RefreshAsync();
        await one.Registry.ApplyAsync(new RegistryApply { Models = [new("m", Sample.Model)], DryRun = true }, "tester", Ct);
        await one.Registry.ApplyAsync(new RegistryApply { Models = [new("m", Sample.Model)] }, "tester", Ct);
        await one.Registry.RollbackAsync(2, dryRun: false, "tester", Ct);
        await one.PutAsync("m", Sample.ModelOn("nowhere"));
    }

    private static async Task AskWellAsync(ChatHost host, FakeUpstream good, FakeUpstream anthropic, TaskCompletionSource read)
    {
        await host.AddProviderAsync("good", good.Endpoint);
        await host.AddProviderAsync("claude", anthropic.Root, p => p with { Type = "anthropic" });
        await host.AddModelAsync("m", new ModelConfig { Deployments = [On("good")], Pricing = new ModelPricing { InputPerMillion = 1, OutputPerMillion = 1 } });
        await host.AddModelAsync("claude", "claude");
        await host.AddModelAsync("even", new ModelConfig { Deployments = [On("good"), On("good") with { Model = "other" }] });
        await host.AskAsync(ChatHost.Ask("m").Replace("\"messages\"", Parameters, StringComparison.Ordinal), Ct);
        await AskAsync(host, UpstreamOperation.ChatCompletions, ChatHost.Ask("m", stream: true), read.TrySetResult);
        await AskAsync(host, UpstreamOperation.Embeddings, """{"model":"m","input":"a","dimensions":8}""");
        await AskAsync(host, UpstreamOperation.Messages, """{"model":"claude","max_tokens":9,"system":"b","messages":[{"role":"user","content":"a"}]}""");
        await AskAsync(host, UpstreamOperation.CountTokens, """{"model":"claude","messages":[{"role":"user","content":"a"}]}""");
        await host.AskAsync(ChatHost.Ask("even"), Ct);
        await host.AskAsync(ChatHost.Ask("nobody"), Ct);
    }

    private static async Task AskInVainAsync(ChatHost host, FakeUpstream bad)
    {
        await host.AskAsync(ChatHost.Ask("claude").Replace("\"messages\"", Parameters, StringComparison.Ordinal), Ct); // Not translatable.
        await using var limited = await FakeUpstream.StartAsync(UpstreamReply.Error(429, retryAfterSeconds: 60), Ct);
        await host.AddProviderAsync("bad", bad.Endpoint);
        await host.AddProviderAsync("limited", limited.Endpoint);
        await host.AddModelAsync("over", "bad", "good");
        await host.AddModelAsync("past", "limited", "good");
        await host.AddModelAsync("limited", new ModelConfig { Deployments = [On("limited")], Fallbacks = ["m"] });
        foreach (var model in (string[])["past", "past", "limited", "limited", "over", "over"])
        {
            await host.AskAsync(ChatHost.Ask(model), Ct);
        }

        // Its cooldown has to end before there can be a trial.
        await WaitUntil.TrueAsync(async token => (await host.AskAsync(ChatHost.Ask("over"), token)).Reply.Route.Attempts == 2, "a trial", cancellationToken: Ct);
    }

    private static async Task AbortAsync(ChatHost host, FakeUpstream upstream)
    {
        upstream.OnChat = UpstreamReply.HangBeforeHeaders();
        await host.AddProviderAsync("hanging", upstream.Endpoint);
        await host.AddModelAsync("hanging", "hanging");
        using var caller = new CancellationTokenSource();
        var asking = host.AskAsync(ChatHost.Ask("hanging"), caller.Token);
        await WaitUntil.TrueAsync(() => upstream.Requests[^1].Json.GetProperty("model").GetString() == "hanging-model", "the request", cancellationToken: Ct);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    private static async Task AskWhileBusyAsync(ChatHost host, FakeUpstream good)
    {
        var gate = new TaskCompletionSource();
        var answer = good.OnChat;
        good.OnChat = UpstreamReply.After(gate.Task, answer);
        await host.AddProviderAsync("narrow", good.Endpoint, p => p with { MaxConcurrency = 1 });
        await host.AddModelAsync("narrow", "narrow");
        await host.AddModelAsync("wide", new ModelConfig { Deployments = [On("narrow"), On("good")] });
        var waiting = host.AskAsync(ChatHost.Ask("narrow"), Ct);
        await WaitUntil.TrueAsync(() => good.Requests[^1].Json.GetProperty("model").GetString() == "narrow-model", "the request", cancellationToken: Ct);
        var other = host.AskAsync(ChatHost.Ask("wide"), Ct);
        gate.SetResult();
        await Task.WhenAll(waiting, other);
        good.OnChat = answer;
    }

    private static async Task CallAsync(ChatHost host)
    {
        var model = host.Clients.GetModel("m");
        await model.InvokeAsync([new ChatMessage(ChatRole.User, "Hi")], cancellationToken: Ct);
        await model.StreamAsync([new ChatMessage(ChatRole.User, "Hi")], cancellationToken: Ct).ToChatResponseAsync(Ct);
        await model.BatchAsync([new("Hi")], cancellationToken: Ct);
    }

    private static async Task RunABatchAsync(ChatHost host)
    {
        var (files, batches) = (host.Services.GetRequiredService<FileCatalogue>(), host.Services.GetRequiredService<BatchCatalogue>());
        var upload = (await files.BeginAsync(Ct))!;
        await upload.WriteAsync(Encoding.UTF8.GetBytes($$"""{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{{ChatHost.Ask("m")}}}"""), Ct);
        var file = await files.FinishAsync(upload, "input.jsonl", FilePurposes.Batch, null, Ct);
        var batch = (await batches.CreateAsync(new BatchRequest(file.Id, "/v1/chat/completions", "24h", null, null), Ct)).Batch!;
        await WaitUntil.TrueAsync(async token => (await batches.FindAsync(batch.Record.Id, token))!.State.IsFinal, "the batch", TimeSpan.FromSeconds(60), Ct);
    }

    private static async Task ProbeAsync(ChatHost host)
    {
        foreach (var provider in (string[])["good", "bad"])
        {
            await host.Services.GetRequiredService<ProviderProbes>().ProbeAsync(host.Registry.Current.Providers[provider], Ct);
        }
    }

    private static async Task AskAsync(ChatHost host, UpstreamOperation operation, string body, Func<bool>? read = null)
    {
        await using var reply = await host.Pipeline.SendAsync(new ChatCall(operation, Encoding.UTF8.GetBytes(body)), ChatSendOptions.Default, Ct);
        while (await reply.ReadAsync(Ct) is { IsEmpty: false })
        {
            read?.Invoke();
        }

        Assert.Null(reply.Failure);
    }

    // Chunks that arrive together are one: the second one waits until the first one was read.
    private static UpstreamStreamScript Apart(TaskCompletionSource read) => new() { Chunks = ["Good", " day"], BeforeChunk = index => index == 1 ? read.Task : Task.CompletedTask };

    private static UpstreamHandler Numbered(UpstreamHandler handler) => (context, body) =>
    {
        context.Response.Headers["x-request-id"] = "req-1";
        return handler(context, body);
    };

    private static DeploymentConfig On(string provider) => new() { Provider = provider, Model = $"{provider}-model" };
}

/// <summary>The tests that hold the journey against something.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class JourneyTests : ICollectionFixture<Journey>;
