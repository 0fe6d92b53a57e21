using ChatModels.Chat;
using ChatModels.Chat.Health;
using ChatModels.Providers;
using ChatModels.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using UpstreamReply = ChatModels.Testing.UpstreamReply;

namespace ChatModels.Tests.Chat;

/// <summary>A request that could not be sent is no attempt: not in the answer's count, and not in the deployment's.</summary>
public sealed class NeverSentTests
{
    private const string WithSeed = """{"model":"m","messages":[{"role":"user","content":"Hi"}],"seed":1}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(UpstreamOperation.ChatCompletions, WithSeed, ErrorCodes.NotTranslatable)]
    [InlineData(UpstreamOperation.Embeddings, """{"model":"m","input":"x"}""", ErrorCodes.OperationNotSupported)]
    [InlineData(UpstreamOperation.ChatCompletions, """{"model":"m","messages":[{"role":"user","content":"\ud800"}]}""", ErrorCodes.InvalidRequest)]
    public async Task WhatCanNotBeSaid_IsNoAttempt(UpstreamOperation operation, string body, string code)
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        await using var host = await HostAsync(upstream.Root);

        await using var reply = await host.Pipeline.SendAsync(new ChatCall(operation, System.Text.Encoding.UTF8.GetBytes(body)), ChatSendOptions.Default, Ct);

        Assert.Equal((code, 0, null), (reply.Failure?.Code, reply.Route.Attempts, reply.Route.Deployment));
        Assert.Equal([(0L, 0L)], Counts(host));
        Assert.Empty(upstream.Requests);
    }

    [Fact]
    public async Task TheNextDeployment_MakesTheFirstAttempt()
    {
        await using var anthropic = await FakeUpstream.StartAsync(cancellationToken: Ct);
        await using var openai = await FakeUpstream.StartAsync(UpstreamReply.Auto("Hi."), Ct);
        await using var host = await HostAsync(anthropic.Root, openai.Endpoint);

        var (reply, _) = await host.AskAsync(WithSeed, Ct);

        Assert.Equal((null, 1, "other/other-model"), (reply.Failure?.Code, reply.Route.Attempts, reply.Route.Deployment));
        Assert.Equal([(0L, 0L), (1L, 0L)], Counts(host));
    }

    [Fact]
    public async Task TheFailureOfOneThatWasAsked_IsTheAnswer_AndTheOneNamed()
    {
        await using var openai = await FakeUpstream.StartAsync(UpstreamReply.Error(500), Ct);
        await using var anthropic = await FakeUpstream.StartAsync(cancellationToken: Ct);
        await using var host = await HostAsync(anthropic.Root, openai.Endpoint, otherFirst: true);

        var (reply, _) = await host.AskAsync(WithSeed, Ct);

        Assert.Equal((ErrorCodes.UpstreamError, 1, "other/other-model"), (reply.Failure?.Code, reply.Route.Attempts, reply.Route.Deployment));
        Assert.Equal([(1L, 1L), (0L, 0L)], Counts(host));
    }

    private static IEnumerable<(long Attempts, long Failures)> Counts(ChatHost host)
    {
        Assert.True(host.Registry.Current.TryFindModel("m", out var model));
        return host.Services.GetRequiredService<DeploymentTable>().RouteOf(model!).Candidates.Select(candidate => candidate.Health.Report()).Select(report => (report.Attempts, report.Failures));
    }

    private static async Task<ChatHost> HostAsync(Uri anthropic, Uri? other = null, bool otherFirst = false)
    {
        var host = await ChatHost.StartAsync();
        await host.AddProviderAsync("first", anthropic, config => config with { Type = "anthropic" });
        if (other is null)
        {
            await host.AddModelAsync("m", "first");
        }
        else
        {
            await host.AddProviderAsync("other", other);
            await host.AddModelAsync("m", otherFirst ? ["other", "first"] : ["first", "other"]);
        }

        return host;
    }
}
