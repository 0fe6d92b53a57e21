using System.Net;
using Aspire.Hosting.Testing;
using Xunit;

namespace ChatModels.AppHost.Tests.Resources;

public sealed class AppHostStartTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Start_BringsApiAndWorkerToHealth()
    {
        using var data = new TemporaryDirectory();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.ChatModels_AppHost>(["--redis", "garnet", "--data", data.Path], deadline.Token);
        await using var application = await builder.BuildAsync(deadline.Token);

        await application.StartAsync(deadline.Token);
        await application.ResourceNotifications.WaitForResourceHealthyAsync("api", deadline.Token);
        await application.ResourceNotifications.WaitForResourceHealthyAsync("worker", deadline.Token);

        using var client = application.CreateHttpClient("api");
        using var health = await client.GetAsync("/health", deadline.Token);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }
}
