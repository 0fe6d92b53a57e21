using ChatModels.Registry;

namespace ChatModels.Chat.Routing;

/// <summary>The models to try after a model, each once: its fallbacks in their order, then theirs, and so on.</summary>
internal static class FallbackWalk
{
    public static IEnumerable<ModelEntry> After(ModelEntry model, RegistrySnapshot snapshot)
    {
        HashSet<string> seen = new(StringComparer.Ordinal) { model.Id };
        Queue<ModelEntry> waiting = new([model]);
        while (waiting.TryDequeue(out var next))
        {
            foreach (var name in next.Config.Fallbacks)
            {
                if (name is not null && seen.Add(name) && snapshot.ModelTable.TryGetValue(name, out var fallback))
                {
                    waiting.Enqueue(fallback);
                    yield return fallback;
                }
            }
        }
    }
}
