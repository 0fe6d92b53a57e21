using System.Text;
using System.Text.Json;
using ChatModels.Chat;
using ChatModels.Providers;
using ChatModels.Registry;
using ChatModels.Testing;
using Xunit;
using UpstreamReply = ChatModels.Testing.UpstreamReply;

namespace ChatModels.Tests.Chat.Messages;

/// <summary>Counting the tokens of a prompt, after https://platform.claude.com/docs/en/api/messages/count_tokens.</summary>
public sealed class CountTokensTests
{
    private const string Ask = """{ "model":"m","system":"s", "messages":[{"role":"user","content":"Hi"}],"tools":[] }""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Anthropic_Counts_AndNothingIsChangedButTheModel()
    {
        await using var upstream = await StartAsync("""{ "input_tokens": 2095,"new":[1] }""");
        await using var host = await HostAsync(upstream.Root, "anthropic");
        using var telemetry = new TelemetryCollector("ChatModels");

        var (reply, body) = await SendAsync(host, Ask);

        Assert.Null(reply.Failure);
        Assert.Equal("""{ "input_tokens": 2095,"new":[1] }""", body);
        var sent = Assert.Single(upstream.Requests);
        Assert.Equal(("/v1/messages/count_tokens", Ask.Replace("\"m\"", "\"first-model\"", StringComparison.Ordinal), "beta-1"), (sent.Path, Encoding.UTF8.GetString(sent.Body), sent.Headers["anthropic-beta"]));
        Assert.NotNull(telemetry.TheOnly("count_tokens m"));
    }

    [Fact]
    public async Task ItCostsNothing_AndIsNoUsage()
    {
        await using var upstream = await StartAsync("""{"input_tokens":2095}""");
        await using var host = await HostAsync(upstream.Root, "anthropic", new ModelPricing { InputPerMillion = 1, OutputPerMillion = 1 });

        var (reply, _) = await SendAsync(host, Ask);

        Assert.Null(reply.Cost);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("simulator")]
    public async Task OtherTypes_SayThatTheyCanNot_InAnthropicsWords(string type)
    {
        await using var upstream = await StartAsync("never");
        await using var host = await HostAsync(type == "simulator" ? null : upstream.Endpoint, type);

        var (reply, body) = await SendAsync(host, Ask);

        Assert.Equal((400, ErrorCodes.OperationNotSupported, 0), (reply.Failure!.Status, reply.Failure.Code, reply.Route.Attempts));
        var error = JsonElement.Parse(body);
        Assert.Equal(("error", "invalid_request_error", "r1"), (error.GetProperty("type").GetString(), error.GetProperty("error").GetProperty("type").GetString(), error.GetProperty("request_id").GetString()));
        Assert.Contains($"of type '{type}', which has nothing like this operation", error.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Empty(upstream.Requests);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"input_tokens\":\"many\"}")]
    [InlineData("<html>")]
    [InlineData("{\"input_tokens\":1")]
    public async Task AnAnswerThatIsNone_IsABadGateway(string answer)
    {
        await using var upstream = await StartAsync(answer);
        await using var host = await HostAsync(upstream.Root, "anthropic");

        var (reply, _) = await SendAsync(host, Ask);

        Assert.Equal((502, ErrorCodes.UpstreamInvalidResponse), (reply.Failure!.Status, reply.Failure.Code));
    }

    [Theory]
    [InlineData("""{"messages":[]}""", "model")]
    [InlineData("""{"model":"m"}""", "messages")]
    public async Task WhatIsMissing_IsNamed(string body, string param)
    {
        await using var upstream = await StartAsync("never");
        await using var host = await HostAsync(upstream.Root, "anthropic");

        var (reply, _) = await SendAsync(host, body);

        Assert.Equal((400, param), (reply.Failure!.Status, reply.Failure.Param));
    }

    private static async Task<FakeUpstream> StartAsync(string answer)
    {
        var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        upstream.OnOther = (context, body) => UpstreamReply.Json(answer)(context, body!);
        return upstream;
    }

    private static async Task<(ChatReply Reply, string Body)> SendAsync(ChatHost host, string body)
    {
        var call = new ChatCall(UpstreamOperation.CountTokens, Encoding.UTF8.GetBytes(body)) { RequestId = "r1", Headers = [new("anthropic-beta", "beta-1")] };
        await using var reply = await host.Pipeline.SendAsync(call, ChatSendOptions.Default, Ct);
        return (reply, Encoding.UTF8.GetString((await reply.ReadAsync(Ct)).Span));
    }

    private static async Task<ChatHost> HostAsync(Uri? endpoint, string type, ModelPricing? pricing = null)
    {
        var host = await ChatHost.StartAsync();
        await host.AddProviderAsync("first", endpoint ?? new("http://unused.invalid"), config => config with { Type = type, Endpoint = endpoint?.ToString(), ApiKey = endpoint is null ? null : config.ApiKey });
        await host.AddModelAsync("m", new ModelConfig { Deployments = [new() { Provider = "first", Model = "first-model" }], Pricing = pricing });
        return host;
    }
}
