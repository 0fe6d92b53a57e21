using System.Text;
using System.Text.Json;
using ChatModels.Chat;
using ChatModels.Providers;
using ChatModels.Registry;
using ChatModels.Testing;
using Xunit;
using UpstreamReply = ChatModels.Testing.UpstreamReply;

namespace ChatModels.Tests.Chat;

/// <summary>A request that needs what the model lacks is refused by that name, before anybody is asked.</summary>
public sealed class CapabilityTests
{
    private const string Image = """[{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]}]""";
    private const string Block = """[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"https://example.com/a.png"}}]}]""";
    private const string Sound = """[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}]}]""";
    private const string Text = """[{"role":"user","content":"Hi"}]""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(UpstreamOperation.ChatCompletions, Image, "", "vision", "messages")]
    [InlineData(UpstreamOperation.ChatCompletions, Sound, "", "audio", "messages")]
    [InlineData(UpstreamOperation.ChatCompletions, Text, ",\"tools\":[{}]", "tools", "tools")]
    [InlineData(UpstreamOperation.ChatCompletions, Text, ",\"stream\":true", "streaming", "stream")]
    [InlineData(UpstreamOperation.Messages, Block, "", "vision", null)]
    [InlineData(UpstreamOperation.Messages, Text, ",\"tools\":[{}]", "tools", null)]
    [InlineData(UpstreamOperation.CountTokens, Block, "", "vision", null)]
    public async Task WhatTheModelLacks_IsNamed_AndNobodyAsked(UpstreamOperation operation, string messages, string more, string capability, string? param)
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        await using var host = await HostAsync(upstream, ModelCapabilities.Chat);

        var (reply, body) = await AskAsync(host, operation, $$"""{"model":"m","max_tokens":9,"messages":{{messages}}{{more}}}""");

        Assert.Equal((400, ErrorCodes.CapabilityMissing), (reply.Failure!.Status, reply.Failure.Code));
        var error = JsonElement.Parse(body).GetProperty("error");
        Assert.Contains($"The model 'm' has no capability '{capability}'", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(param, error.TryGetProperty("param", out var named) ? named.GetString() : null);
        Assert.Empty(upstream.Requests);
    }

    [Theory]
    [InlineData(ModelCapabilities.Chat, ModelCapabilities.Vision, ModelCapabilities.Audio)]
    [InlineData]
    public async Task WhatTheModelHas_OrDoesNotSay_IsAsked(params string[] capabilities)
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Auto("A cat."), Ct);
        await using var host = await HostAsync(upstream, capabilities);

        foreach (var messages in new[] { Image, Sound })
        {
            var (reply, _) = await AskAsync(host, UpstreamOperation.ChatCompletions, $$"""{"model":"m","messages":{{messages}}}""");
            Assert.Null(reply.Failure);
        }

        Assert.Equal(2, upstream.Requests.Count);
    }

    [Fact]
    public async Task AFallbackThatCanNotSee_IsPassedOver()
    {
        await using var failing = await FakeUpstream.StartAsync(UpstreamReply.Error(500), Ct);
        await using var good = await FakeUpstream.StartAsync(UpstreamReply.Auto("A cat."), Ct);
        await using var host = await ChatHost.StartAsync();
        await host.AddProviderAsync("p", failing.Endpoint);
        await host.AddProviderAsync("q", good.Endpoint);
        foreach (var (name, capabilities) in new (string, string[])[] { ("blind", [ModelCapabilities.Chat]), ("sees", [ModelCapabilities.Chat, ModelCapabilities.Vision]) })
        {
            await host.AddModelAsync(name, new ModelConfig { Deployments = [new() { Provider = "q", Model = name }], Capabilities = capabilities });
        }

        await host.AddModelAsync("m", new ModelConfig { Deployments = [new() { Provider = "p", Model = "x" }], Fallbacks = ["blind", "sees"] });

        var (reply, _) = await host.AskAsync($$"""{"model":"m","messages":{{Image}}}""", Ct);

        Assert.Equal((2, "sees"), (reply.Route.Attempts, reply.Route.FallbackModel));
        Assert.Equal("sees", Assert.Single(good.Requests).Json.GetProperty("model").GetString());
    }

    private static async Task<ChatHost> HostAsync(FakeUpstream upstream, params string[] capabilities)
    {
        var host = await ChatHost.StartAsync();
        await host.AddProviderAsync("p", upstream.Endpoint);
        await host.AddModelAsync("m", new ModelConfig { Deployments = [new() { Provider = "p", Model = "x" }], Capabilities = capabilities });
        return host;
    }

    private static async Task<(ChatReply Reply, string Body)> AskAsync(ChatHost host, UpstreamOperation operation, string body)
    {
        await using var reply = await host.Pipeline.SendAsync(new ChatCall(operation, Encoding.UTF8.GetBytes(body)), ChatSendOptions.Default, Ct);
        return (reply, Encoding.UTF8.GetString((await reply.ReadAsync(Ct)).Span));
    }
}
