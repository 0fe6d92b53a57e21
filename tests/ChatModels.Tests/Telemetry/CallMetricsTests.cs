using ChatModels.Testing;
using ChatModels.Tests.Chat;
using Microsoft.Extensions.AI;
using Xunit;

namespace ChatModels.Tests.Telemetry;

/// <summary>Invoke, stream and batch in process, as numbers.</summary>
public sealed class CallMetricsTests
{
    private static readonly ChatMessage[] Hi = [new(ChatRole.User, "Hi")];

    private readonly string _model = $"m-{Guid.NewGuid():N}";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Requirement", "FR-009")]
    [Trait("Requirement", "NFR-008")]
    public async Task EachCall_HasOneDuration_AndEachOfItsRequestsACount()
    {
        await using var upstream = await FakeUpstream.StartAsync(
            (context, body) => (body.RootElement.ToString().Contains("bad", StringComparison.Ordinal) ? UpstreamReply.Error(400) : UpstreamReply.Auto("Hello there."))(context, body), Ct);
        await using var host = await HostWith(upstream);
        var model = host.Clients.GetModel(_model);
        using var metrics = new MetricsRecorder("ChatModels");

        await model.InvokeAsync(Hi, cancellationToken: Ct);
        await model.StreamAsync(Hi, cancellationToken: Ct).ToChatResponseAsync(Ct);
        await model.BatchAsync([new("one"), new("bad"), new("three")], cancellationToken: Ct);

        Assert.Equal(["batch ", "invoke ", "stream "], Told(metrics, "chatmodels.call.duration"));
        Assert.Equal(["batch ", "batch ", "batch upstream_rejected", "invoke ", "stream "], Told(metrics, "chatmodels.call.requests"));
        Assert.All(metrics.Of("chatmodels.call.duration", "gen_ai.request.model", _model), m => Assert.InRange(m.Value, double.Epsilon, 60));
    }

    [Fact]
    [Trait("Requirement", "FR-012")]
    public async Task CallsThatFail_SayWhy()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Error(500), Ct);
        await using var host = await HostWith(upstream);
        var model = host.Clients.GetModel(_model);
        using var metrics = new MetricsRecorder("ChatModels");

        await Assert.ThrowsAsync<ChatModelsException>(() => model.InvokeAsync(Hi, cancellationToken: Ct));
        await Assert.ThrowsAsync<ChatModelsException>(() => model.StreamAsync(Hi, cancellationToken: Ct).ToChatResponseAsync(Ct));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => model.BatchAsync([new("one")], cancellationToken: new CancellationToken(canceled: true)));

        Assert.Equal(["batch client_closed", "invoke upstream_error", "stream upstream_error"], Told(metrics, "chatmodels.call.duration"));
        Assert.Equal(["invoke upstream_error", "stream upstream_error"], Told(metrics, "chatmodels.call.requests"));
    }

    [Fact]
    public async Task AStreamThatItsReaderLeaves_IsNobodysFailure()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamStreaming.Of("Hello", " there", " you"), Ct);
        await using var host = await HostWith(upstream);
        using var metrics = new MetricsRecorder("ChatModels");

        await foreach (var update in host.Clients.GetModel(_model).StreamAsync(Hi, cancellationToken: Ct))
        {
            break;
        }

        Assert.Equal(["stream client_closed"], Told(metrics, "chatmodels.call.duration"));
    }

    [Fact]
    public async Task ANameThatIsNotInTheRegistry_IsNoTag()
    {
        await using var host = await ChatHost.StartAsync();
        using var metrics = new MetricsRecorder("ChatModels");

        await Assert.ThrowsAsync<ChatModelsException>(() => host.Clients.GetModel(_model).InvokeAsync(Hi, cancellationToken: Ct));

        Assert.Contains(metrics.All, m => m is { Name: "chatmodels.call.duration" } && m.Tag("gen_ai.request.model") == "_other" && m.Tag("error.type") == "model_not_found");
        Assert.DoesNotContain(metrics.All, m => m.Tags.Values.Contains(_model));
    }

    private string[] Told(MetricsRecorder metrics, string instrument) =>
        [.. metrics.Of(instrument, "gen_ai.request.model", _model).Select(m => $"{m.Tag("chatmodels.call.kind")} {m.Tag("error.type")}").Order(StringComparer.Ordinal)];

    private async Task<ChatHost> HostWith(FakeUpstream upstream)
    {
        var host = await ChatHost.StartAsync();
        await host.AddProviderAsync("p", upstream.Endpoint);
        await host.AddModelAsync(_model, "p");
        return host;
    }
}
