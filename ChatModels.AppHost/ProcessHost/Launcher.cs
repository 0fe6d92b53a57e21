using ChatModels.AppHost.Programs;
using ChatModels.AppHost.Redis;

namespace ChatModels.AppHost.ProcessHost;

/// <summary>Starts a plan's processes, says what is where, and stops them all when asked to.</summary>
internal sealed class Launcher(Terminal terminal)
{
    private static readonly TimeSpan DashboardPatience = TimeSpan.FromSeconds(8);

    /// <summary>Runs until it is asked to stop (0), or until something is missing before all is ready (1, and one line that says what).</summary>
    public async Task<int> RunAsync(Func<CancellationToken, Task<LaunchPlan>> describe, CancellationToken stopping)
    {
        try
        {
            using var plan = await describe(stopping);
            CheckPorts(plan.Children);
            await using var host = new ChildHost(terminal);
            await RunAsync(plan, host, stopping);
            return 0;
        }
        catch (StartFailedException problem)
        {
            terminal.Failure(problem.Message);
            return 1;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            terminal.Failure(RedisDataDirectory.Unusable(problem));
            return 1;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return 0;
        }
    }

    private static void CheckPorts(IReadOnlyList<ChildProcess> children)
    {
        if (children.FirstOrDefault(child => child.FixedPort is { } port && !Ports.IsFree(port)) is { } blocked)
        {
            throw new StartFailedException($"Port {blocked.FixedPort}, which {blocked.Name} needs, is in use: {blocked.PortCure}.");
        }
    }

    private async Task RunAsync(LaunchPlan plan, ChildHost host, CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var dashboard = StartDashboardAsync(plan, host, ending.Token);
        try
        {
            foreach (var child in plan.Children)
            {
                await host.StartAsync(child, stopping);
            }

            host.AllReady();
            await WelcomeAsync(plan, dashboard, stopping);
            await Task.Delay(Timeout.Infinite, stopping);
        }
        finally
        {
            await ending.CancelAsync();
            await dashboard;
        }
    }

    private async Task<bool> StartDashboardAsync(LaunchPlan plan, ChildHost host, CancellationToken ending)
    {
        if (plan.FindDashboard is null)
        {
            return false;
        }

        try
        {
            await host.StartAsync(await plan.FindDashboard(ending), ending);
            return true;
        }
        catch (Exception problem) when (problem is StartFailedException or IOException or UnauthorizedAccessException)
        {
            terminal.Line($"No dashboard: {problem.Message}");
            return false;
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task WelcomeAsync(LaunchPlan plan, Task<bool> dashboard, CancellationToken stopping)
    {
        var settled = await Task.WhenAny(dashboard, Task.Delay(DashboardPatience, stopping)) == dashboard;
        stopping.ThrowIfCancellationRequested();
        foreach (var line in plan.Welcome)
        {
            terminal.Line(line);
        }

        if (!settled)
        {
            terminal.Line("  Dashboard  is still being prepared; its URL follows");
        }

        if (await dashboard)
        {
            terminal.Line(Welcome.Dashboard(plan.DashboardUrl));
        }
    }
}
