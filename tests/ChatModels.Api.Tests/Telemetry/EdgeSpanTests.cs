using System.Diagnostics;
using ChatModels.Api.Tests.Chat;
using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Api.Tests.Telemetry;

/// <summary>One trace from the client's to the vendor's side.</summary>
public sealed class EdgeSpanTests(ApiFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Requirement", "FR-010")]
    [Trait("Requirement", "FR-022")]
    public async Task ARequest_IsBelowTheServersSpan_WhichIsBelowTheClients()
    {
        await using var chat = await ChatFixture.StartAsync(fixture.Api, UpstreamReply.Completion("Hello."));
        using var telemetry = new TelemetryCollector("ChatModels");

        using var response = await chat.Client.SendAsync(HttpMethod.Post, "/v1/chat/completions", chat.Ask(), Ct, ("traceparent", telemetry.TraceParent));
        var server = await telemetry.WaitForAsync(span => span.Kind == ActivityKind.Server, "the server's span", Ct);

        var request = telemetry.TheOnly($"chat {chat.Model}");
        var attempt = telemetry.TheOnly("chat vendor-model");
        Assert.Equal(
            (telemetry.TraceParent, server.SpanId, request.SpanId),
            ($"00-{server.TraceId}-{server.ParentSpanId}-01", request.ParentSpanId, attempt.ParentSpanId));
        Assert.Equal((ActivityKind.Internal, ActivityKind.Client), (request.Kind, attempt.Kind));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TheVendor_SeesTheAttempt_OnlyWhereItsProviderSaysSo(bool propagate)
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Completion("Hello."), Ct);
        var (provider, model) = (Requests.UniqueId("p"), Requests.UniqueId("m"));
        await fixture.Client.PutAsync($"/registry/providers/{provider}", $$"""{"type":"openai","endpoint":"{{upstream.Endpoint}}","propagateTrace":{{(propagate ? "true" : "false")}}}""", Ct);
        await fixture.Client.PutAsync($"/registry/models/{model}", Requests.ModelOn(provider), Ct);
        using var telemetry = new TelemetryCollector("ChatModels");

        using var response = await fixture.Client.SendAsync(
            HttpMethod.Post, "/v1/chat/completions", $$"""{"model":"{{model}}","messages":[]}""", Ct, ("traceparent", telemetry.TraceParent), ("baggage", "user=1"));

        var attempt = await telemetry.WaitForAsync(span => span.DisplayName == "chat fast", "the attempt's span", Ct);
        var headers = upstream.Requests.Single().Headers;
        Assert.Equal(propagate ? attempt.Id : null, headers.GetValueOrDefault("traceparent"));
        Assert.DoesNotContain("baggage", headers.Keys);
    }
}
