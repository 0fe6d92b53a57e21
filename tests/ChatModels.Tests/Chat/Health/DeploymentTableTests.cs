using ChatModels.Chat.Health;
using ChatModels.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatModels.Tests.Chat.Health;

public sealed class DeploymentTableTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Whoever forgets what is gone may still be at the publication before the one that a request has begun with.</summary>
    [Fact]
    public async Task WhatIsAskedForAsSoonAsItIsPublished_IsNotTakenForWhatIsGone()
    {
        const int Rounds = 200;
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Completion("Good."), Cancelled);
        await using var host = await ChatHost.StartAsync();
        var table = host.Services.GetRequiredService<DeploymentTable>();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var ended = end.Token;
        var following = Task.Run(() =>
        {
            while (!ended.IsCancellationRequested)
            {
                table.Follow();
            }
        }, Cancelled);
        var asking = Task.Run(() =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                while (!ended.IsCancellationRequested)
                {
                    if (host.Registry.Current.ModelTable.TryGetValue($"m{i}", out var model))
                    {
                        _ = table.RouteOf(model);
                        break;
                    }
                }
            }
        }, Cancelled);
        try
        {
            for (var i = 0; i < Rounds; i++)
            {
                await host.AddProviderAsync($"p{i}", upstream.Endpoint);
                await host.AddModelAsync($"m{i}", $"p{i}");
            }

            await asking;
        }
        finally
        {
            await end.CancelAsync(); // Neither of them is to go on where a write fails.
            await Task.WhenAll(asking, following);
        }

        Assert.Equal((Rounds, Rounds), (table.Deployments.Count(), table.Providers.Count()));
    }
}
