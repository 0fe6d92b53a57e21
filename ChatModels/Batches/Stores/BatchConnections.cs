using System.Net;
using StackExchange.Redis;

namespace ChatModels.Batches.Stores;

/// <summary>How the batches' connections differ from what the connection string says.</summary>
internal static class BatchConnections
{
    private const int ConditionTimeout = 400;
    private const int ReconnectPause = 250;

    public static ConfigurationOptions ForData(ConfigurationOptions options)
    {
        var data = options.Clone();
        data.ClientName = $"{options.ClientName ?? Dns.GetHostName()}-chatmodels-batches";
        data.AbortOnConnectFail = false;
        data.ConnectRetry = 1;
        data.BacklogPolicy = BacklogPolicy.FailFast; // What has not been sent is not sent later, behind the back of whoever gave up.
        data.ReconnectRetryPolicy = new LinearRetry(ReconnectPause);
        return data;
    }

    public static ConfigurationOptions ForLeases(ConfigurationOptions options)
    {
        var leases = ForData(options);
        leases.ClientName = $"{options.ClientName ?? Dns.GetHostName()}-chatmodels-leases";
        leases.SyncTimeout = ConditionTimeout;
        leases.AsyncTimeout = ConditionTimeout;
        return leases;
    }
}
