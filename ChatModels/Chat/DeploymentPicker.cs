using ChatModels.Registry;

namespace ChatModels.Chat;

/// <summary>Chooses where a request goes: the lowest priority number first, by weight inside it, each deployment at most once.</summary>
internal static class DeploymentPicker
{
    /// <summary>Whether anything that serves the model is switched on and usable in this process.</summary>
    public static bool IsServable(Deployment deployment) => deployment.Provider is { Slot: not null, Config.Enabled: true };

    /// <summary>The next deployment to try; null when all have been. <paramref name="tried"/> has a bit for each (a model has at most 64).</summary>
    public static Deployment? Next(ModelEntry model, ref ulong tried, Random random)
    {
        var (priority, weights) = LowestPriority(model, tried);
        if (weights == 0)
        {
            return null;
        }

        var ticket = random.Next(weights);
        for (var i = 0; i < model.Deployments.Count; i++)
        {
            var deployment = model.Deployments[i];
            if (deployment.Config.Priority != priority || !IsOpen(deployment, tried, i))
            {
                continue;
            }

            ticket -= deployment.Config.Weight;
            if (ticket < 0)
            {
                tried |= 1UL << i;
                return deployment;
            }
        }

        throw new InvalidOperationException("The weights of a model's deployments changed while one was chosen.");
    }

    private static (int Priority, int Weights) LowestPriority(ModelEntry model, ulong tried)
    {
        var priority = int.MaxValue;
        var weights = 0;
        for (var i = 0; i < model.Deployments.Count; i++)
        {
            var deployment = model.Deployments[i];
            if (!IsOpen(deployment, tried, i) || deployment.Config.Priority > priority)
            {
                continue;
            }

            weights = deployment.Config.Priority < priority ? deployment.Config.Weight : weights + deployment.Config.Weight;
            priority = deployment.Config.Priority;
        }

        return (priority, weights);
    }

    private static bool IsOpen(Deployment deployment, ulong tried, int index) => (tried & (1UL << index)) == 0 && IsServable(deployment);
}
