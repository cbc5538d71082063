/** Two questions, parted by ` | `. */
type Pairs = Readonly<Record<string, string>>

const read = (pairs: Pairs): { kind: string; a: string; b: string }[] =>
  Object.entries(pairs).flatMap(([kind, lines]) =>
    lines
      .trim()
      .split('\n')
      .map((line) => {
        const [a = '', b = ''] = line.split(' | ').map((text) => text.trim().replaceAll('\\n', '\n'))
        return { kind, a, b }
      }),
  )

/** Pairs that look alike and ask for different things: one token decides. */
export const DIFFERENT = read({
  numbers: `
    Dose: 5 | Dose: 500
    What is 2 + 2? | What is 2 + 3?
    Plan a trip of 3 days. | Plan a trip of 13 days.
    Name 5 rivers in Asia. | Name 50 rivers in Asia.
    Is 91 a prime number? | Is 97 a prime number?
    What is 1.5 times 8? | What is 15 times 8?
    Summarise chapter 1. | Summarise chapter 2.
    Round 3.14159 to two places. | Round 3.14159 to three places.
    What happened in the 18th century? | What happened in the 19th century?
    Give me one reason. | Give me two reasons.
    Who won the first race? | Who won the second race?
    Explain rule 10. | Explain rule 100.
    What is 0.1 of 200? | What is 0.01 of 200?
    Convert 1,000 to binary. | Convert 10,000 to binary.
    How many zeros has 10^6? | How many zeros has 10^9?
    Compare version 2.0 with 1.9. | Compare version 2.0 with 1.8.`,
  signs: `
    What is 2 - 5? | What is 2 + 5?
    What is -5 squared? | What is 5 squared?
    The temperature is -10. What should I wear? | The temperature is 10. What should I wear?
    Change the balance by -20. | Change the balance by +20.
    Is +3 larger than 2? | Is -3 larger than 2?
    What is 7 × 3? | What is 7 ÷ 3?
    What is 5!? | What is 5?
    What is x² at 3? | What is x2 at 3?
    Where is -33.9, 151.2? | Where is 33.9, 151.2?
    Solve x + 4 = 0. | Solve x - 4 = 0.`,
  operators: `
    Is 3 < 5? | Is 3 > 5?
    Is a <= b? | Is a < b?
    What does a && b mean? | What does a || b mean?
    What does a == b do? | What does a = b do?
    What does a == b do? | What does a != b do?
    Explain x & y. | Explain x ^ y.
    What is 8 / 2? | What is 8 * 2?
    What is 2 ^ 3? | What is 2 * 3?
    What does p -> q say? | What does p <- q say?
    What is i++? | What is i--?
    Does C++ have modules? | Does C# have modules?
    Explain the pattern a*b. | Explain the pattern a+b.
    What does !ready mean? | What does ready mean?
    What does a ? b : c do? | What does a : b ? c do?
    Is ~x the same as x? | Is x the same as x?`,
  negations: `
    Should I sell? | Should I not sell?
    You should reply today. | You should not reply today.
    Is it safe? | Is it unsafe?
    Is this legal? | Is this illegal?
    Which of them can be insured? | Which of them cannot be insured?
    Name animals that fly. | Name animals that do not fly.
    Does it work with sugar? | Does it work without sugar?
    Why did they agree? | Why did they disagree?
    Who has answered? | Who has never answered?
    List the files that are tracked. | List the files that are untracked.
    Is anything missing? | Is nothing missing?
    Can it be done? | Can't it be done?
    Why is the sky blue? | Why isn't the sky blue?
    Do you accept? | Don't you accept?
    Is there any reason to wait? | Is there no reason to wait?
    Is it possible? | Is it impossible?`,
  names: `
    What is the capital of France? | What is the capital of Finland?
    Who is Ann Lee? | Who is Ben Lee?
    When was Mozart born? | When was Haydn born?
    Is Paris in Texas large? | Is Paris in France large?
    What does Apple sell? | What does Intel sell?
    How tall is K2? | How tall is K1?
    Write to Dr. Smith. | Write to Mr. Smith.
    What is HTTP? | What is FTP?
    Explain TCP. | Explain UDP.
    Does agent worker_1 agree? | Does agent worker_2 agree?
    Translate it into German. | Translate it into Dutch.
    Who leads the team in Oslo? | Who leads the team in Bern?
    What is Java used for? | What is JavaScript used for?
    Summarise Hamlet. | Summarise Macbeth.
    Is a polish table cheap? | Is a Polish table cheap?
    How much is turkey? | How much is Turkey?
    Where is the bank of England? | Where is the Bank of England?
    What does the who recommend? | What does the WHO recommend?
    Is it about us? | Is it about US?`,
  units: `
    How far is 5 km on foot? | How far is 5 miles on foot?
    Convert 10 USD. | Convert 10 EUR.
    Does it cost $5? | Does it cost €5?
    Heat it to 180 C. | Heat it to 180 F.
    Take 5 mg a day. | Take 5 g a day.
    Wait for 30 s. | Wait for 30 min.
    Is 16 GB enough? | Is 16 MB enough?
    Is 16 Gb much? | Is 16 GB much?
    Is 5 % a lot? | Is 5 ‰ a lot?
    Run it every hour. | Run it every minute.
    Is 3 kW enough? | Is 3 kWh enough?
    Is a share of 20 large? | Is a share of 20% large?
    How long is 100 yards? | How long is 100 metres?
    Turn it by 90°. | Turn it by 90.`,
  dates: `
    What happened on 4 July? | What happened on 4 June?
    Is the shop open on Monday? | Is the shop open on Sunday?
    What was the price in 2019? | What was the price in 2020?
    Is 3:00 am too early? | Is 3:00 pm too early?
    Meet me at 10:30. | Meet me at 10:45.
    What is on 01/02? | What is on 02/01?
    What did we decide yesterday? | What did we decide today?
    Who reigned in 100 BC? | Who reigned in 100 AD?
    Summarise last week. | Summarise this week.
    What is due next month? | What is due next year?
    Is it warm in spring? | Is it warm in autumn?
    What was new in Q1? | What was new in Q3?
    Did it rain in the morning? | Did it rain in the evening?`,
  quantifiers: `
    Do all birds fly? | Do some birds fly?
    Did everybody agree? | Did anybody agree?
    Few people know it. Why? | A few people know it. Why?
    Give me little detail. | Give me a little detail.
    Is at least one true? | Is at most one true?
    Do both work? | Do neither work?
    Which of them always fail? | Which of them often fail?
    Name every member. | Name any member.
    Do most users pay? | Do many users pay?
    Is only one right? | Is one right?
    Should each of them vote? | Should none of them vote?
    Does it ever end? | Does it never end?
    Is half of it enough? | Is twice of it enough?
    What is time? | What is the time?`,
  comparatives: `
    Which is the larger one? | Which is the smaller one?
    Who is the oldest? | Who is the youngest?
    Should it be more formal? | Should it be less formal?
    Which plan is better? | Which plan is worse?
    Which is the best? | Which is the worst?
    Is it faster than that? | Is it as fast as that?
    What is the highest bid? | What is the lowest bid?
    Is the first part longer? | Is the first part shorter?
    Is it good? | Is it better?
    Which is the most common? | Which is the least common?
    What are the main risks? | What are the minor risks?`,
  'order of words': `
    Does Ann trust Ben? | Does Ben trust Ann?
    Is 5 larger than 3? | Is 3 larger than 5?
    Convert euros to dollars. | Convert dollars to euros.
    Translate from Dutch to English. | Translate from English to Dutch.
    Did the dog bite the man? | Did the man bite the dog?
    Is A before B? | Is B before A?
    What is 7 - 2? | What is 2 - 7?
    Who beat whom: red or blue? | Who beat whom: blue or red?
    Divide 10 by 2. | Divide 2 by 10.
    Only Ann may vote. Why? | Ann may only vote. Why?
    Is every dog a pet? | Is a pet every dog?
    Sort by name, then age. | Sort by age, then name.
    What is the cost of the delay? | What is the delay of the cost?`,
  directions: `
    Move the cursor up. | Move the cursor down.
    Is it above the line? | Is it below the line?
    What happens before the vote? | What happens after the vote?
    Should we turn left? | Should we turn right?
    How do I log in? | How do I log out?
    Is the train to Rome late? | Is the train from Rome late?
    Why do prices rise? | Why do prices fall?
    Did the profit increase? | Did the profit decrease?
    Should I buy? | Should I sell?
    Is it inside the box? | Is it outside the box?
    Open the valve. | Close the valve.
    Encrypt the text: abc | Decrypt the text: abc
    How is a server started? | How is a server stopped?
    Who won? | Who lost?
    What are the advantages? | What are the disadvantages?
    Sort in ascending order. | Sort in descending order.
    Is it on the table? | Is it under the table?`,
  'words that ask': `
    Who wrote it? | Who read it?
    When was it sold? | Where was it sold?
    Why did it fail? | How did it fail?
    How much is it? | How many are there?
    How old is it? | How big is it?
    Which of them left? | What of them left?`,
  'may and must': `
    May I enter? | Must I enter?
    You can pay now. Why? | You must pay now. Why?
    Could it rain? | Would it rain?
    Should she go? | Will she go?
    Did it pass? | Does it pass?
    Was it right? | Is it right?
    Has he paid? | Had he paid?`,
  'joining words': `
    Is it red and round? | Is it red or round?
    Use tea if it is cold. | Use tea unless it is cold.
    Do it because of her. | Do it in spite of her.
    Was it cheap and good? | Was it cheap but good?
    Either of them may speak. Who? | Both of them may speak. Who?`,
  persons: `
    What should I say? | What should he say?
    Is it my turn? | Is it your turn?
    Did they call her? | Did they call him?
    Where do we meet? | Where do they meet?
    Whose idea is it: ours? | Whose idea is it: theirs?`,
  'things of a kind': `
    What do cats eat? | What do dogs eat?
    Is tea healthy? | Is coffee healthy?
    Name a red flower. | Name a blue flower.
    How do I bake bread? | How do I bake cake?
    Is the analyst right? | Is the critic right?
    What does a list hold? | What does a set hold?
    Which risk is it? | Which risks are there?
    Define mean. | Define median.
    Explain the import. | Explain the export.
    Is it a question. | Is it an answer.`,
  'marks and lines': `
    You are sure. | You are sure?
    Is "yes" an answer? | Is yes an answer?
    What does this do: a\\n  b | What does this do: a\\nb
    What does this do: a b | What does this do: a\\nb
    What does n! mean? | What does n mean?
    Let us eat, grandma. | Let us eat grandma.
    Is [a] valid? | Is (a) valid?
    Is it re-signed? | Is it resigned?
    Count the words: a b | Count the words: ab
    Is item_1 there? | Is item 1 there?
    What is @ann? | What is #ann?
    Is x' derived? | Is x derived?
    How long is "a b"? | How long is "a  b"?
    Is color a property? | Is colour a property?
    Is item1 there? | Is item 1 there?`,
})

/** Pairs that ask for the same thing. */
export const SAME = read({
  courtesies: `
    What are the main risks of this plan? | What are the main risks of this plan, please?
    List the rivers of Asia. | Please list the rivers of Asia.
    Explain the vote. | Please explain the vote.
    Translate it into German. | Translate it into German, please.
    Why did it fail? | Why did it fail? Thanks
    Compare both plans. | Compare both plans, thank you.
    What is a quorum? | Hello, what is a quorum?
    Kindly explain the vote. | Explain the vote.`,
  frames: `
    Explain photosynthesis. | Could you explain photosynthesis?
    Summarise the report. | Can you please summarise the report?
    What is the capital of France? | Could you tell me what is the capital of France?
    Who wrote Hamlet? | Tell me who wrote Hamlet.
    How do I reset my password? | How can I reset my password?
    List three colours. | Would you list three colours?
    When does it open? | I would like to know when does it open`,
  contractions: `
    What is the capital of France? | What's the capital of France?
    Why is it not blue? | Why is it not blue
    It is late. What now? | It's late. What now?
    They do not agree. Why? | They don't agree. Why?
    Who is in the team? | Who's in the team?
    Which of them cannot be insured? | Which of them can't be insured?
    The plan does not hold. Why? | The plan doesn’t hold. Why?`,
  'numbers in words': `
    Give me two reasons. | Give me 2 reasons.
    What is new in the second quarter? | What is new in the 2nd quarter?
    Name three rivers. | Name 3 rivers.
    Which is the first step? | Which is the 1st step?`,
  spelling: `
    Analyse the plan. | Analyze the plan.
    Summarise the plan. | Summarize the plan.
    Can you analyze the plan? | Analyse the plan.`,
  marks: `
    What is a quorum? | What is a quorum
    Explain the vote. | Explain the vote
    What is 2 + 2? | What is 2+2?
    What is the plan? | what is the plan?
    Is it “final”? | Is it "final"?
    The range is 5–10. Why? | The range is 5-10. Why?
    What  is the plan? | What is the plan?`,
  'other words': `
    What is the capital of France? | Which city is the capital of France?
    What are the benefits of tea? | What are the advantages of tea?
    How large is it? | How big is it?
    Who is the author of Hamlet? | Who wrote Hamlet?
    What are the main risks? | What are the principal risks?
    Name the rivers of Asia. | Which rivers are there in Asia?`,
})
