using System.Text;
using ChatModels.Providers;
using ChatModels.Registry;
using ChatModels.Tests.Chat;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Xunit;

namespace ChatModels.Tests.Providers;

/// <summary>A provider type that is not ours may break its contract in any way: it is a failure of the provider, never of the chat path.</summary>
public sealed class ForeignProviderTests
{
    private const string Chunk = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"One\"}}]}\n\n";

    private const string Breach = "Provider foreign threw something that its contract does not allow";

    private readonly FakeLogCollector _logs = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Breaches => [.. Behaviours.Keys];

    private static Dictionary<string, Func<UpstreamReply?>> Behaviours { get; } = new()
    {
        ["throws instead of answering"] = () => throw new InvalidOperationException("oops"),
        ["answers with null"] = () => null,
        ["answers without a body"] = () => new Reply { Status = 200, ContentType = "text/event-stream", Body = null! },
        ["has a body that throws at once"] = () => Broken("", () => throw new InvalidOperationException("oops")),
        ["has a body that throws midway"] = () => Broken(Chunk[..20], () => throw new InvalidOperationException("oops")),
        ["has a body that counts wrong"] = () => Broken("", () => int.MaxValue),
        ["has a body that counts backwards"] = () => Broken("", () => -1),
    };

    [Theory]
    [MemberData(nameof(Breaches))]
    public async Task WhateverItBreaks_AnotherDeploymentAnswers_AndTheLogSaysWhy(string breach)
    {
        await using var host = await HostAsync(Behaviours[breach], withOther: true);

        foreach (var stream in new[] { false, true })
        {
            var (reply, _) = await host.AskAsync(ChatHost.Ask("m", stream), Ct);
            Assert.Equal((null, 2), (reply.Failure?.Code, reply.Route.Attempts));
        }

        Assert.Equal(2, _logs.GetSnapshot().Count(record => record.Message.StartsWith(Breach, StringComparison.Ordinal)));
        Assert.DoesNotContain(_logs.GetSnapshot(), record => record.Level >= LogLevel.Error);
    }

    [Theory]
    [InlineData(false, 502, ErrorCodes.UpstreamTruncated)]
    [InlineData(true, 502, ErrorCodes.UpstreamTruncated)]
    public async Task WithoutAnother_ItIsTheProvidersFailure(bool stream, int status, string code)
    {
        await using var host = await HostAsync(Behaviours["has a body that throws midway"]);

        var (reply, _) = await host.AskAsync(ChatHost.Ask("m", stream), Ct);

        Assert.Equal((status, code), (reply.Failure!.Status, reply.Failure.Code));
    }

    [Fact]
    public async Task AStreamThatThrowsAfterContent_IsToldInBand()
    {
        await using var host = await HostAsync(() => Broken(Chunk, () => throw new InvalidOperationException("oops")));

        var (reply, body) = await host.AskAsync(ChatHost.Ask("m", stream: true), Ct);

        Assert.Equal(ErrorCodes.UpstreamTruncated, reply.BrokenOff?.Code);
        Assert.StartsWith(Chunk + "data: {\"error\":{", body, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AReplyThatThrowsWhenItIsLetGo_DoesNoHarm()
    {
        await using var host = await HostAsync(() => new Reply
        {
            Status = 200,
            Body = new MemoryStream("""{"choices":[{"index":0,"message":{"content":"Hi"},"finish_reason":"stop"}]}"""u8.ToArray()),
            OnDispose = () => throw new InvalidOperationException("oops"),
        });

        var (reply, _) = await host.AskAsync(ChatHost.Ask("m"), Ct);
        await host.Registry.DeleteModelAsync("m", Precondition.None, "test", Ct);
        await host.Registry.DeleteProviderAsync("foreign", Precondition.None, "test", Ct);

        Assert.Null(reply.Failure);
        Assert.Single(_logs.GetSnapshot(), record => record.Message.StartsWith(Breach, StringComparison.Ordinal));
    }

    private static Reply Broken(string first, Func<int> then) => new() { Status = 200, ContentType = "text/event-stream", Body = new BrokenStream(Encoding.UTF8.GetBytes(first), then) };

    private async Task<ChatHost> HostAsync(Func<UpstreamReply?> behaviour, bool withOther = false)
    {
        var types = new ChatProviderTypes();
        types.Register(new() { Name = "foreign", Description = "For tests.", Endpoint = FieldUse.Refused, ApiKey = FieldUse.Refused }, (_, _, _) => new(new Foreign(behaviour)));
        types.Register(ChatModels.Providers.Simulator.SimulatorProviderType.Metadata, ChatModels.Providers.Simulator.SimulatorProviderType.CreateAsync);
        var host = await ChatHost.StartAsync(
            options => options.ProviderTypes = types, builder => builder.Services.AddLogging(logging => logging.AddProvider(new FakeLoggerProvider(_logs))));
        foreach (var id in new[] { "foreign", "simulator" })
        {
            await host.AddProviderAsync(id, new Uri("http://unused.invalid"), config => config with { Type = id, Endpoint = null, ApiKey = null });
        }

        await host.AddModelAsync("m", withOther ? ["foreign", "simulator"] : ["foreign"]);
        return host;
    }

    private sealed class Foreign(Func<UpstreamReply?> behaviour) : IChatProvider
    {
        public ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken) => new(behaviour()!);

        public ValueTask<ProviderHealth> CheckHealthAsync(CancellationToken cancellationToken) => new(ProviderHealth.Ok);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Reply : UpstreamReply
    {
        public Action OnDispose { get; init; } = () => { };

        public override ValueTask DisposeAsync()
        {
            OnDispose();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class BrokenStream(byte[] first, Func<int> then) : MemoryStream(first)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position < Length ? base.ReadAsync(buffer, cancellationToken) : new(then());
    }
}
