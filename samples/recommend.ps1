#requires -Version 7.6
<#
    A shop's events become recommendations: what customers bought trains a factorisation, is tested by what each bought last, and what
    somebody buys now changes what is recommended at once, in a sorted set that any client of Redis reads.

    Without parameters it makes up a shop, and runs over an embedded server, which ends with it. -Path takes a file with the columns
    customer, product, quantity and time.
#>
param(
    [string] $ConnectionString,
    [string] $Path
)
$ErrorActionPreference = 'Stop'

if ($ConnectionString) { $null = Connect-RedisML $ConnectionString } else { $null = Connect-RedisML -Embedded }

Write-Host '1. Events: who bought what, how much of it, and when.'
$events = if ($Path) { Import-Csv $Path } else {
    # Five departments of 30 products; a customer has one that it likes, and buys elsewhere now and then.
    $random = [Random]::new(1)
    foreach ($customer in 1..400) {
        $bought = [Collections.Generic.HashSet[int]]::new()
        while ($bought.Count -lt 12) {
            $department = $random.NextDouble() -lt 0.85 ? $customer % 5 : $random.Next(5)
            # Of a department the first products are bought most.
            $product = 30 * $department + [int][Math]::Floor(30 * [Math]::Pow($random.NextDouble(), 1.5))
            if ($bought.Add($product)) {
                [pscustomobject]@{ customer = "c$customer"; product = "p$product"; quantity = 1 + $random.Next(3); time = [datetime]'2026-01-01' + [timespan]::FromHours($random.Next(8000)) }
            }
        }
    }
}
$events | Import-RedisTrainingData -Dataset events -Label quantity -Force | Format-Table | Out-Host

Write-Host '2. Split: each customer''s last event is kept for the test.'
Split-RedisDataset events -LastOf customer -OrderBy time -Force | Format-Table | Out-Host

Write-Host '3. Train: events are implicit, a product that was bought more often is a surer sign.'
$option = @{ User = 'customer'; Item = 'product'; Factors = 8; Implicit = $true }
Start-RedisDistributedTraining events-train shop -Algorithm MatrixFactorization -Option $option -Wait | Format-Table | Out-Host

Write-Host '4. Test: is what a customer bought last among the ten best?'
$test = Test-RedisModel shop -Dataset events-test
$test | Format-Table | Out-Host

Write-Host '5. What to show to somebody new: what sells best. Then it buys something.'
$before = Get-RedisRecommendation shop -Count 5
$before | Format-Table | Out-Host
$bought = $events[0].product
$after = Add-RedisRating shop -User newcomer -Item $bought -Rating 1 -Count 5 -PassThru
$after | Format-Table | Out-Host

Write-Host '6. The same lies in Redis, for any client:'
$stored = Get-RedisRecommendation shop -User newcomer -AsSortedSet -Count 5
Write-Host "   ZRANGE '$($stored.Key)' 0 4 REV WITHSCORES"

Write-Host ('Of {0:N0} customers {1:P0} bought one of their ten next; a purchase changed {2} of 5 recommendations.' -f $test.Users, $test.Recall, @($after | Where-Object ItemName -NotIn $before.ItemName).Count)
[pscustomobject]@{ Recall = $test.Recall; Before = $before.ItemName; After = $after.ItemName; Bought = $bought; Key = $stored.Key }
