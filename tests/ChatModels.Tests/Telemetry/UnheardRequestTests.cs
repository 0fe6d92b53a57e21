using System.Text;
using ChatModels.Chat;
using ChatModels.Chat.Health;
using ChatModels.Chat.Routing;
using ChatModels.Registry;
using ChatModels.Telemetry;
using ChatModels.Tests.Chat;
using ChatModels.Tests.Providers;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatModels.Tests.Telemetry;

/// <summary>What telemetry costs a request while nobody listens: no byte.</summary>
[Collection(typeof(MeasuredAlone))]
public sealed class UnheardRequestTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [Trait("Requirement", "NFR-003")]
    [Trait("Requirement", "FR-012")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EveryWordOfTelemetry_AllocatesNothing(bool capture)
    {
        await using var host = await ChatHost.StartAsync((ContentOptions.Variable, capture ? "true" : "false"));
        Assert.Null((await host.Registry.PutProviderAsync("sim", new ProviderConfig { Type = "simulator" }, Precondition.None, "test", Ct)).Failure);
        await host.AddModelAsync("m", "sim");
        Assert.True(host.Registry.Current.TryFindModel("m", out var model));
        var candidate = host.Services.GetRequiredService<DeploymentTable>().RouteOf(model!).Candidates.Single();
        var request = ChatRequestReader.TryRead(ChatHost.Call(Encoding.UTF8.GetBytes(ChatHost.Ask("m", stream: true))), out _)!;
        Tell(model!, candidate, request, capture ? 1_000 : 0);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            Tell(model!, candidate, request, capture ? 1_000 : 0);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    // As the chat path does, with every occasion that there is.
    private static void Tell(ModelEntry model, Candidate candidate, ChatRequest request, int maxContent)
    {
        var telemetry = RequestTelemetry.Start(request.Operation, maxContent, started: 1, TimeProvider.System, buffer: null);
        telemetry?.Begin(model, request.Model, "m", request.Stream, revision: 1_000);
        telemetry?.NotSent("sim", ErrorCodes.ProviderSaturated);
        var attempt = telemetry?.Attempt(candidate, request, number: 9, new Choice(0, candidate, TelemetryNames.Choice.Only, IsTrial: false, Cooling: 1, Busy: 2).Explain());
        candidate.Health.Begin();
        attempt?.Sending();
        attempt?.Answered(201, "req-1");
        attempt?.Chunk();
        attempt?.Said("{}"u8);
        telemetry?.FirstContent(arrived: 0);
        attempt?.End(ErrorCodes.UpstreamError, new AnswerFacts());
        candidate.Health.End();
        telemetry?.End(error: null, new ChatRoute(1_000, 1, null), cost: 1, outputTokens: 7);
        if (telemetry is not null || attempt is not null || CallMetrics.Enabled)
        {
            throw new InvalidOperationException("Somebody listens.");
        }
    }
}
