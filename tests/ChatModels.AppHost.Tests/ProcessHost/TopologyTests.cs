using ChatModels.AppHost.ProcessHost;
using ChatModels.AppHost.Programs;
using ChatModels.AppHost.Redis;
using Xunit;

namespace ChatModels.AppHost.Tests.ProcessHost;

public sealed class TopologyTests : IDisposable
{
    private readonly TemporaryDirectory _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Describe_GivesApiAndWorkerTheEnvironmentThatAspireGives()
    {
        using var plan = await DescribeAsync(dashboard: true);

        Assert.Equal(["redis", "api", "worker"], plan.Children.Select(child => child.Name));
        var (api, worker) = (plan.Children[1].Environment, plan.Children[2].Environment);
        Assert.Equal($"localhost:{plan.Children[0].Arguments[Port(plan)]}", api["ConnectionStrings__redis"]);
        Assert.Equal(api["ConnectionStrings__redis"], worker["ConnectionStrings__redis"]);
        Assert.Equal(api["ASPNETCORE_URLS"], worker["services__api__http__0"]);
        Assert.Equal((Path.Combine(_data.Path, "files"), api["ChatModels__Files__Directory"]), (worker["ChatModels__Files__Directory"], worker["ChatModels__Files__Directory"]));
        Assert.Equal(("api", "worker"), (api["OTEL_SERVICE_NAME"], worker["OTEL_SERVICE_NAME"]));
        Assert.Equal(("Development", "grpc", "1000", "1000", "1000"),
            (api["ASPNETCORE_ENVIRONMENT"], api["OTEL_EXPORTER_OTLP_PROTOCOL"], api["OTEL_BSP_SCHEDULE_DELAY"], api["OTEL_BLRP_SCHEDULE_DELAY"], api["OTEL_METRIC_EXPORT_INTERVAL"]));
        // Shorter than the host's patience at the end: a dashboard that is gone already must cost no process its orderly stop.
        Assert.Equal(("1000", "1000"), (api["OTEL_EXPORTER_OTLP_TIMEOUT"], worker["OTEL_EXPORTER_OTLP_TIMEOUT"]));
        Assert.NotEqual(api["OTEL_RESOURCE_ATTRIBUTES"], worker["OTEL_RESOURCE_ATTRIBUTES"]);
        Assert.True(new Uri(api["OTEL_EXPORTER_OTLP_ENDPOINT"]!).IsLoopback);
    }

    [Fact]
    public async Task Describe_WithoutDashboard_LeavesTelemetryToTheEnvironment()
    {
        using var plan = await DescribeAsync(dashboard: false);

        Assert.Null(plan.FindDashboard);
        Assert.DoesNotContain("OTEL_EXPORTER_OTLP_ENDPOINT", plan.Children[1].Environment.Keys);
    }

    [Fact]
    public async Task Describe_OfTwoAppHostsAtOnce_GivesEachDashboardItsOwnAddress()
    {
        using var other = new TemporaryDirectory();
        using var first = await DescribeAsync(dashboard: true);
        using var second = await Topology.DescribeAsync(Options(dashboard: true) with { DataDirectory = other.Path }, TestContext.Current.CancellationToken);

        Assert.NotEqual(first.DashboardUrl, second.DashboardUrl);
    }

    [Fact]
    public async Task Describe_StartsProgramsThatTheBuildMade()
    {
        using var plan = await DescribeAsync(dashboard: false);

        Assert.All(plan.Children.Skip(1), child => Assert.True(File.Exists(child.Arguments[^1]), child.Arguments[^1]));
    }

    [Fact]
    public async Task Describe_PrintsACurlLineForTheRealPort()
    {
        using var plan = await DescribeAsync(dashboard: false);

        var url = plan.Children[1].Environment["ASPNETCORE_URLS"];
        Assert.Contains(plan.Welcome, line => line.Contains(
            $$"""curl {{url}}/v1/chat/completions -H 'content-type: application/json' -d '{"model":"sim-fast","messages":[{"role":"user","content":"Hello"}]}'""",
            StringComparison.Ordinal));
    }

    [Fact]
    public async Task Describe_OfARedisThatDoesNotAnswer_NamesItAndTheCure()
    {
        var options = new AppHostOptions { Redis = new RedisChoice(RedisKind.External, $"127.0.0.1:{Ports.Free()}") };

        var problem = await Assert.ThrowsAsync<StartFailedException>(() => Topology.DescribeAsync(options, TestContext.Current.CancellationToken));

        Assert.Equal($"No Redis answers at {options.Redis.Endpoint}: start it, or leave out --redis to have one started.", problem.Message);
    }

    private static int Port(LaunchPlan plan) => plan.Children[0].Arguments.ToList().IndexOf("--port") + 1;

    private AppHostOptions Options(bool dashboard) =>
        new() { Redis = new RedisChoice(RedisKind.Garnet), DataDirectory = _data.Path, Port = 0, Dashboard = dashboard };

    private Task<LaunchPlan> DescribeAsync(bool dashboard) => Topology.DescribeAsync(Options(dashboard), TestContext.Current.CancellationToken);
}
