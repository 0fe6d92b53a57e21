using System.Diagnostics;
using ChatModels.Providers;
using ChatModels.Providers.InProcess;
using ChatModels.Providers.Simulator;
using ChatModels.Registry;
using ChatModels.Telemetry;
using ChatModels.Testing;
using ChatModels.Tests.Chat;
using ChatModels.Tests.Providers.InProcess;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Xunit;

namespace ChatModels.Tests.Properties;

/// <summary>The chat path without a network: models on a canned provider, the simulator and a chat client. Each request is traced, and with what it says: telemetry must not break on it either.</summary>
internal sealed class PropertyHost(ChatHost host, FakeLogCollector logs, CannedAnswer answer) : IAsyncDisposable
{
    private static readonly ActivityTraceId Trace = ActivityTraceId.CreateRandom();
    private static readonly ActivityContext Caller = new(Trace, ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);

    private readonly ActivityListener _listener = Listen();

    public CannedAnswer Answer { get; } = answer;

    public static async Task<PropertyHost> StartAsync()
    {
        var logs = new FakeLogCollector();
        var answer = new CannedAnswer();
        var types = new ChatProviderTypes();
        types.Register(CannedProvider.Metadata, (_, _, _) => new(new CannedProvider(answer)));
        types.Register(SimulatorProviderType.Metadata, SimulatorProviderType.CreateAsync);
        types.Register(ChatClientProviderType.Metadata, ChatClientProviderType.CreateAsync);
        var host = await ChatHost.StartAsync(
            options =>
            {
                options.ProviderTypes = types;
                options.ChatClients["mine"] = _ => new FakeChatClient();
            },
            builder => builder.Services.AddLogging(logging => logging.AddProvider(new FakeLoggerProvider(logs))),
            (ContentOptions.Variable, "true"));
        foreach (var (model, type) in new[] { ("m", "canned"), ("s", "simulator") })
        {
            await host.AddProviderAsync(type, new Uri("http://unused.invalid"), config => config with { Type = type, Endpoint = null, ApiKey = null });
            await host.AddModelAsync(model, new ModelConfig { Deployments = [new DeploymentConfig { Provider = type, Model = "vendor-model" }] });
        }

        await host.AddChatClientAsync("client", "mine");
        await host.AddModelAsync("c", "client");
        return new PropertyHost(host, logs, answer);
    }

    /// <summary>Sends a body and holds the answer against what every client may expect; what is wrong, or null.</summary>
    public async Task<string?> TryAsync(byte[] request)
    {
        Answer.Sent = null;
        using var caller = new Activity("test").SetParentId(Caller.TraceId, Caller.SpanId, Caller.TraceFlags).Start();
        try
        {
            await using var reply = await host.Pipeline.SendAsync(request, TestContext.Current.CancellationToken);
            using var all = new MemoryStream();
            while (await reply.ReadAsync(TestContext.Current.CancellationToken) is { IsEmpty: false } bytes)
            {
                all.Write(bytes.Span);
            }

            return Answer.Sent is { } mistake ? $"The provider was sent a body that is none: {mistake}" : WireRules.Broken(reply, all.ToArray());
        }
        catch (Exception exception)
        {
            return $"It threw: {exception}";
        }
    }

    public void HasLoggedNoError() => Assert.DoesNotContain(logs.GetSnapshot(), record => record.Level >= LogLevel.Error);

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        return host.DisposeAsync();
    }

    private static ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == TelemetryNames.Source,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) => options.TraceId == Trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
